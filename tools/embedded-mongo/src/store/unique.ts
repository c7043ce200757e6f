import { keyString, type Document } from '../values/index.js';
import type { Collection } from './collection.js';
import { ID_INDEX } from './index-spec.js';
import type { IndexKey } from './index-keys.js';
import { uniqueResource } from './locks.js';
import type { OrderedIndex } from './ordered-index.js';

/** One key that a document would claim in a unique index. */
export interface UniqueClaim {
  index: OrderedIndex;
  key: IndexKey;
}

/** What a new version of a document claims; what its previous version held already is not claimed again. */
export function* uniqueClaims(
  collection: Collection,
  doc: Document,
  previous?: Document,
): Generator<UniqueClaim> {
  for (const index of collection.indexes.values()) {
    if (!index.spec.unique || index.spec.name === ID_INDEX.name) continue;
    const held = previous ? index.keysOf(previous) : [];
    for (const key of index.keysOf(doc)) {
      if (!held.some((old) => index.sameKey(old, key))) yield { index, key };
    }
  }
}

export function claimResource(collection: Collection, { index, key }: UniqueClaim): string {
  return uniqueResource(collection, index.spec.name, keyString(key, index.collation));
}
