import { expect, it } from '@jest/globals';
import { eventually } from '@redis-mongo-sync/testing';
import { AuditInputError } from '../errors.js';
import type { ContractContext } from './audit-log-contract.js';
import { follow } from './follow.js';
import { sampleEntries, sampleEntry } from './sample-entries.js';

export function tailContract({ open }: ContractContext): void {
  it('gives what is there, then what comes, from this process and from another', async () => {
    const [log, other] = [await open(), await open()];
    await log.append(sampleEntries(3));
    const follower = follow(log, 1);
    try {
      await eventually(() => expect(follower.sequences()).toEqual([2, 3]));
      await log.append([sampleEntry(4)]);
      await eventually(() => expect(follower.sequences()).toEqual([2, 3, 4]));
      await other.append([sampleEntry(5)]);
      await eventually(() => expect(follower.sequences()).toEqual([2, 3, 4, 5]));
      expect(follower.seen[3]?.data).toEqual(sampleEntry(5).data);
    } finally {
      await follower.stop();
    }
  });

  it('goes on where a reader left off, over more than a page', async () => {
    const log = await open();
    await log.append(sampleEntries(1000));
    await log.append(sampleEntries(400, 1001));
    const follower = follow(log, 100);
    try {
      await eventually(() => expect(follower.seen).toHaveLength(1300));
      expect(follower.sequences()).toEqual(Array.from({ length: 1300 }, (_, index) => 101 + index));
    } finally {
      await follower.stop();
    }
  });

  it('ends without an error when aborted, when the log closes, and when it never began', async () => {
    const log = await open();
    const [waiting, closed] = [follow(log), follow(log)];
    await waiting.stop();
    await log.append([sampleEntry(1)]);
    await eventually(() => expect(closed.seen).toHaveLength(1));
    await log.close();
    await closed.stop();
    const other = await open();
    for await (const _ of other.tail(0, AbortSignal.abort())) throw new Error('nothing was to come');
  });

  it('lets a reader leave', async () => {
    const log = await open();
    await log.append(sampleEntries(3));
    for await (const { sequence } of log.tail(0, new AbortController().signal)) if (sequence === 2) break;
  });

  it('refuses a sequence that is none', async () => {
    const log = await open();
    for (const after of [-1, 0.5, NaN])
      await expect(follow(log, after).stop()).rejects.toBeInstanceOf(AuditInputError);
  });
}
