import { expect, it } from '@jest/globals';
import type { AuditLog } from '../audit-log.js';
import { AuditInputError } from '../errors.js';
import type { ContractContext } from './audit-log-contract.js';
import { eventually } from '@redis-mongo-sync/testing';
import { follow } from './follow.js';
import { sampleEntries } from './sample-entries.js';

/** Ten entries an hour, for `hours` hours from 1970 on. */
async function filled(open: ContractContext['open'], hours: number): Promise<AuditLog> {
  let now = 0;
  const log = await open({ now: () => now });
  for (let hour = 0; hour < hours; hour++) {
    now = hour * 3_600_000;
    await log.append(sampleEntries(10, 1 + 10 * hour));
  }
  return log;
}

export function retentionContract({ open }: ContractContext): void {
  it('removes what was recorded before a time, in steps, and nothing else', async () => {
    const log = await filled(open, 6);
    expect(await log.retention({ olderThan: 2 * 3_600_000, chunk: 7 })).toBe(20);
    expect(await log.retention({ olderThan: 2 * 3_600_000 })).toBe(0);
    expect(await log.stats()).toMatchObject({ total: 40, first: { sequence: 21 }, last: { sequence: 60 } });
    expect(await log.retention({ olderThan: '1970-01-01T02:00:00.001Z' })).toBe(10);
  });

  it('keeps the newest entry, so that sequences are never given twice', async () => {
    const log = await filled(open, 2);
    expect(await log.retention({ olderThan: '2100-01-01' })).toBe(19);
    expect(await log.append(sampleEntries(1, 1000))).toEqual([{ outcome: 'recorded', sequence: 21 }]);
    expect(await (await open()).retention({ olderThan: 0 })).toBe(0);
  });

  it('has nothing to remove from an empty log, and refuses times and steps that are none', async () => {
    const log = await open();
    expect(await log.retention({ olderThan: '2100-01-01' })).toBe(0);
    await expect(log.retention({ olderThan: 'never' })).rejects.toBeInstanceOf(AuditInputError);
    await expect(log.retention({ olderThan: 0, chunk: 0 })).rejects.toBeInstanceOf(AuditInputError);
  });

  it('stops between steps when aborted', async () => {
    const log = await filled(open, 2);
    expect(await log.retention({ olderThan: '2100-01-01', signal: AbortSignal.abort() })).toBe(0);
  });

  it('runs under a reader and a writer: the reader misses only what was removed before it came there', async () => {
    const log = await filled(open, 30);
    const follower = follow(log);
    try {
      const writing = (async () => {
        for (let n = 1; n <= 20; n++) await log.append(sampleEntries(5, 1000 + 5 * n));
      })();
      expect(await log.retention({ olderThan: 20 * 3_600_000, chunk: 10 })).toBe(200);
      await writing;
      await eventually(() => expect(follower.sequences().at(-1)).toBe(400));
      const seen = follower.sequences();
      expect(seen).toEqual([...new Set(seen)].sort((one, other) => one - other));
      expect(seen.filter((sequence) => sequence > 200)).toHaveLength(200);
    } finally {
      await follower.stop();
    }
  });

  it('verifies the chain from any place, and after retention from an anchor', async () => {
    const log = await filled(open, 5);
    expect(await log.verify()).toEqual({ outcome: 'intact', checked: 50 });
    expect(await log.verify({ from: 11, to: 20 })).toEqual({ outcome: 'intact', checked: 10 });
    expect(await log.verify({ from: 51 })).toEqual({ outcome: 'intact', checked: 0 });
    await log.retention({ olderThan: 2 * 3_600_000 });
    expect(await log.verify()).toEqual({ outcome: 'intact', checked: 30, anchor: 21 });
    expect(await log.verify({ from: 22 })).toEqual({ outcome: 'intact', checked: 29 });
  });

  it('does not verify with another key', async () => {
    const log = await open({ hashKey: 'one' });
    await log.append(sampleEntries(3));
    expect(await log.verify()).toMatchObject({ outcome: 'intact' });
    const other = await open({ hashKey: 'other' });
    expect(await other.verify()).toEqual({ outcome: 'broken', checked: 0, sequence: 1, reason: 'hash' });
  });
}
