import { expect } from '@jest/globals';
import { eventually } from '@redis-mongo-sync/testing';
import type { AppendOutcome, AuditEntry } from '../audit-entry.js';
import type { AuditLog } from '../audit-log.js';
import { AuditStoreUnavailableError } from '../errors.js';
import { follow } from './follow.js';
import { sampleEntries } from './sample-entries.js';

/** What a consumer does: hands the same batch in again until the store has taken it. */
export async function appendUntilDone(
  log: AuditLog,
  batch: readonly AuditEntry[],
  onFailure: () => void = () => undefined,
): Promise<readonly AppendOutcome[]> {
  for (;;) {
    try {
      return await log.append(batch);
    } catch (error) {
      if (!(error instanceof AuditStoreUnavailableError)) throw error;
      onFailure();
    }
  }
}

interface FaultTest {
  readonly open: () => AuditLog;
  /**
   * Breaks something and mends it; called `faults` times while writers are at work. `failed` resolves when an append
   * has failed since, for drivers that would wait out a short fault.
   */
  readonly breakIt: (failed: () => Promise<void>) => Promise<void>;
  readonly faults: number;
  readonly batchSize?: number;
}

const WRITERS = 4;

/**
 * Four writers, each with a stream of its own that a second one repeats, while the store is broken again and again:
 * at the end everything is there once, in order, and a reader who was there all the time has seen each place once.
 */
export async function survivesFaults({ open, breakIt, faults, batchSize = 50 }: FaultTest): Promise<void> {
  const logs = [open(), open(), open()];
  const [first, second, reader] = logs as [AuditLog, AuditLog, AuditLog];
  await first.prepare();
  const follower = follow(reader);
  const stop = new AbortController();
  const lengths: number[] = [];
  let failures = 0;
  const write = async (log: AuditLog, stream: string): Promise<number> => {
    for (let start = 1; ; start += batchSize) {
      if (stop.signal.aborted) return start - 1;
      await appendUntilDone(log, sampleEntries(batchSize, start, { stream }), () => (failures += 1));
    }
  };
  const writing = Array.from({ length: WRITERS }, (_, index) =>
    Promise.all([write(first, `stream-${index}`), write(second, `stream-${index}`)]).then((ends) => {
      lengths[index] = Math.max(...ends);
    }),
  );
  try {
    for (let fault = 0; fault < faults; fault++) {
      const seen = follower.seen.length;
      await eventually(() => expect(follower.seen.length).toBeGreaterThan(seen + 2 * batchSize), {
        timeoutMs: 30_000,
      });
      const before = failures;
      await breakIt(() => eventually(() => expect(failures).toBeGreaterThan(before), { timeoutMs: 30_000 }));
    }
    stop.abort();
    await Promise.all(writing);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    expect(await first.verify()).toEqual({ outcome: 'intact', checked: total });
    await expectOnceInOrder(second, lengths);
    await eventually(() => expect(follower.seen.length).toBeGreaterThanOrEqual(total), { timeoutMs: 30_000 });
    expect(follower.sequences()).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    expect(failures).toBeGreaterThan(0); // else nothing was broken while it mattered
  } finally {
    stop.abort();
    await Promise.allSettled(writing);
    await follower.stop();
    await Promise.all(logs.map((log) => log.close()));
  }
}

async function expectOnceInOrder(log: AuditLog, lengths: readonly number[]): Promise<void> {
  for (const [index, length] of lengths.entries()) {
    const eventIds: string[] = [];
    for await (const { eventId } of log.export({ stream: `stream-${index}` })) eventIds.push(eventId);
    expect(eventIds).toEqual(sampleEntries(length).map(({ eventId }) => eventId));
  }
}
