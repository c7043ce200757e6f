import type { AuditStore } from './audit-store.js';

/**
 * The sequences of the entries recorded before `time` (epoch milliseconds), without the newest entry of the log; empty
 * when `to < from`. `recordedAt` never goes back, so they are found by halving: some 20 reads of one entry instead of
 * an index that every append would have to keep.
 */
export async function findOld(
  store: Pick<AuditStore, 'head' | 'page'>,
  time: number,
): Promise<{ readonly from: number; readonly to: number }> {
  const [head, [first]] = await Promise.all([store.head(), store.page({ order: 'asc', limit: 1 })]);
  if (!head || !first) return { from: 1, to: 0 };
  let old = first.sequence - 1; // everything up to here is old
  let end = head.sequence; // everything from here on is kept
  while (end - old > 1) {
    const middle = Math.floor((old + end) / 2);
    const [entry] = await store.page({ after: middle - 1, order: 'asc', limit: 1 });
    if (entry && entry.recordedAt < time) old = Math.min(entry.sequence, end - 1);
    else end = middle;
  }
  return { from: first.sequence, to: old };
}
