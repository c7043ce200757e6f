import type { Verification, VerifyRange } from './audit-log.js';
import type { StoredEntry, StorePage } from './audit-store.js';
import { GENESIS, hashEntry, type ChainOptions } from './hash-chain.js';

const VERIFY_PAGE = 500;

/** Walks the chain upwards. The first entry there is can be checked only when it is entry 1: see `anchor`. */
export async function verifyChain(
  page: (page: StorePage) => Promise<readonly StoredEntry[]>,
  range: VerifyRange,
  chain: ChainOptions,
): Promise<Verification> {
  const from = Math.max(1, range.from ?? 1);
  const to = range.to ?? Number.MAX_SAFE_INTEGER;
  let previous: Pick<StoredEntry, 'sequence' | 'hash'> | undefined;
  if (from === 1) previous = { sequence: 0, hash: GENESIS };
  let anchor: number | undefined;
  let checked = 0;
  let after = Math.max(0, from - 2); // the entry before the range is what the range is chained to
  for (;;) {
    range.signal?.throwIfAborted();
    const entries = await page({ after, before: to + 1, order: 'asc', limit: VERIFY_PAGE });
    for (const entry of entries) {
      const { sequence } = entry;
      const missing = previous !== undefined && sequence !== previous.sequence + 1;
      if (missing && checked > 0) return { outcome: 'broken', checked, sequence, reason: 'missing-before' };
      if (sequence < from) {
        previous = entry;
        continue;
      }
      if (previous === undefined || missing) anchor = sequence;
      else if (hashEntry(previous.hash, entry, chain) !== entry.hash)
        return { outcome: 'broken', checked, sequence, reason: 'hash' };
      checked += 1;
      previous = entry;
    }
    const last = entries.at(-1);
    if (!last || entries.length < VERIFY_PAGE)
      return { outcome: 'intact', checked, ...(anchor === undefined ? {} : { anchor }) };
    after = last.sequence;
  }
}
