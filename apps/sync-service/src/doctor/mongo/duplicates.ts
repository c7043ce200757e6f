import { partialKeyIndex } from '@redis-mongo-sync/sync-adapters';
import { MongoServerError, type Document } from 'mongodb';
import type { CheckContext } from '../check-context.js';
import { EXAMPLES } from '../finding.js';
import { shownId, shownKey } from '../shown.js';

export interface Duplicates {
  /** Record keys that more than one document has. */
  readonly keys: number;
  readonly documents: number;
  /** A shortened key and the ids of two documents that have it. */
  readonly examples: readonly string[];
}

const MAX_TIME_EXPIRED = 50;

interface Group {
  readonly _id: unknown;
  readonly documents: number;
  readonly first: unknown;
  readonly last: unknown;
}

/**
 * Counted by the server among what the partial unique index would hold; of a list every element counts, as it does in an
 * index.
 *
 * @returns null when the server needs longer than it may
 */
export async function findDuplicates({ db, entity, effort }: CheckContext): Promise<Duplicates | null> {
  const { partialFilterExpression } = partialKeyIndex(entity).options;
  const key = `$${entity.keyField}`;
  const pipeline: Document[] = [
    { $match: partialFilterExpression },
    { $project: { key } },
    { $unwind: '$key' },
    { $group: { _id: '$key', documents: { $sum: 1 }, first: { $min: '$_id' }, last: { $max: '$_id' } } },
    { $match: { documents: { $gt: 1 }, $expr: { $ne: ['$first', '$last'] } } },
  ];
  const options = { allowDiskUse: true, bsonRegExp: true, maxTimeMS: effort.patienceMs };
  let [keys, documents] = [0, 0];
  const examples: string[] = [];
  try {
    for await (const group of db.collection(entity.collection).aggregate<Group>(pipeline, options)) {
      keys += 1;
      documents += group.documents;
      if (examples.length < EXAMPLES) examples.push(exampleOf(group));
    }
  } catch (error) {
    if (error instanceof MongoServerError && error.code === MAX_TIME_EXPIRED) return null;
    throw error;
  }
  return { keys, documents, examples: examples.sort() };
}

function exampleOf({ _id, first, last }: Group): string {
  return `${shownKey(_id)} in ${shownId(first)} and ${shownId(last)}`;
}
