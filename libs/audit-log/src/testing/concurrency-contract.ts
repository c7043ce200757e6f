import { expect, it } from '@jest/globals';
import type { AppendOutcome, AuditEntry } from '../audit-entry.js';
import type { AuditLog } from '../audit-log.js';
import type { ContractContext } from './audit-log-contract.js';
import { eventually } from '@redis-mongo-sync/testing';
import { follow } from './follow.js';
import { sampleEntries } from './sample-entries.js';

const APPENDERS = 8;
const STREAMS = ['user:events', 'task:queue', 'chat:messages'];
const PER_STREAM = 400;

/** Overlapping batches in stream order, of a size of the appender's own: each entry is handed in twice by each. */
async function appendAll(log: AuditLog, stream: string, size: number): Promise<readonly AppendOutcome[]> {
  const entries: AuditEntry[] = sampleEntries(PER_STREAM, 1, { stream });
  const outcomes: AppendOutcome[] = [];
  for (let start = 0; start < PER_STREAM; start += Math.ceil(size / 2)) {
    outcomes.push(...(await log.append(entries.slice(start, start + size))));
  }
  return outcomes;
}

export function concurrencyContract({ open }: ContractContext): void {
  it(`${APPENDERS} processes with the same events: each recorded once, in stream order, followed without a gap`, async () => {
    const logs = await Promise.all(Array.from({ length: APPENDERS }, () => open()));
    const followers = [follow(logs[0]!), follow(await open())];
    try {
      const work = logs.flatMap((log, index) =>
        STREAMS.map((stream) => appendAll(log, stream, 17 + 6 * index)),
      );
      const outcomes = (await Promise.all(work)).flat();
      const total = STREAMS.length * PER_STREAM;
      expect(outcomes.filter(({ outcome }) => outcome === 'recorded')).toHaveLength(total);
      expect(new Set(outcomes.map(({ sequence }) => sequence)).size).toBe(total);
      const dense = Array.from({ length: total }, (_, index) => index + 1);
      for (const follower of followers) {
        await eventually(() => expect(follower.seen).toHaveLength(total));
        expect(follower.sequences()).toEqual(dense);
        for (const stream of STREAMS) {
          const events = follower.seen.filter((entry) => entry.stream === stream);
          const expected = sampleEntries(PER_STREAM).map(({ eventId }) => eventId);
          expect(events.map(({ eventId }) => eventId)).toEqual(expected);
        }
      }
      expect(await logs[0]?.verify()).toEqual({ outcome: 'intact', checked: total });
    } finally {
      await Promise.all(followers.map((follower) => follower.stop()));
    }
  });

  it('outcomes are the same for a duplicate as for the record, from any process', async () => {
    const logs = await Promise.all([open(), open(), open()]);
    const answers = await Promise.all(logs.map((log) => log.append(sampleEntries(100))));
    const sequences = answers.map((outcomes) => outcomes.map(({ sequence }) => sequence));
    expect(sequences[1]).toEqual(sequences[0]);
    expect(sequences[2]).toEqual(sequences[0]);
  });

  it('never lets recordedAt go back, even when the clocks of two writers differ', async () => {
    const [ahead, behind] = [await open({ now: () => 2_000_000 }), await open({ now: () => 1_000_000 })];
    await ahead.append(sampleEntries(1));
    await behind.append(sampleEntries(2));
    const { entries } = await behind.query({ order: 'asc' });
    expect(entries.map(({ recordedAt }) => recordedAt)).toEqual([2_000_000, 2_000_000]);
  });
}
