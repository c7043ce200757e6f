import type { Catalog } from './catalog.js';
import type { Collection } from './collection.js';
import { LockedByTransaction } from './locks.js';
import type { OrderedIndex } from './ordered-index.js';
import type { Workspace } from './workspace.js';

const EARLIEST = new Date(-8_640_000_000_000_000);

/** Deletes what the TTL indexes call expired, except for what an open transaction has locked. */
export function deleteExpired(catalog: Catalog, workspace: Workspace, nowMs: number): number {
  let deleted = 0;
  for (const collection of catalog.all()) {
    for (const index of collection.indexes.values()) {
      if (index.spec.expireAfterSeconds === undefined) continue;
      deleted += deleteExpiredBy(index, collection, workspace, nowMs);
    }
  }
  return deleted;
}

function deleteExpiredBy(
  index: OrderedIndex,
  collection: Collection,
  workspace: Workspace,
  nowMs: number,
): number {
  const limit = new Date(nowMs - (index.spec.expireAfterSeconds ?? 0) * 1_000);
  const bounds = { lower: { value: EARLIEST, inclusive: true }, upper: { value: limit, inclusive: true } };
  let deleted = 0;
  for (const key of new Set(index.scan({ equal: [], ...bounds }, false))) {
    const doc = collection.docs.get(key);
    if (!doc) continue;
    const { at, uuid } = collection;
    try {
      const pre = collection.keepsImages ? { pre: doc } : {};
      workspace.write(collection, { op: 'delete', at, uuid, key, id: doc._id, ...pre });
      deleted += 1;
    } catch (error) {
      if (!(error instanceof LockedByTransaction)) throw error;
    }
  }
  return deleted;
}
