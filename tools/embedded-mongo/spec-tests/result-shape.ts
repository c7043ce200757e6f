import type { BulkWriteResult } from 'mongodb';
import { isFields, type Fields } from './fields.js';

/** A driver's result as the tests describe it. */
export function comparableResult(operation: string, result: unknown): unknown {
  if (operation === 'bulkWrite') return bulkCounts(result as BulkWriteResult);
  if (result === undefined || operation === 'endSession') return null;
  if (!isFields(result) || result.upsertedId !== null) return result;
  // The driver says null where nothing was upserted; the tests expect no such field.
  const { upsertedId: _, ...others } = result;
  return others;
}

/** The driver gives these by getters. */
export function bulkCounts(result: BulkWriteResult): Fields {
  const { deletedCount, insertedCount, matchedCount, modifiedCount, upsertedCount } = result;
  const { insertedIds, upsertedIds } = result;
  return {
    deletedCount,
    insertedCount,
    matchedCount,
    modifiedCount,
    upsertedCount,
    insertedIds,
    upsertedIds,
  };
}
