import { MongoBulkWriteError, type AnyBulkWriteOperation, type Collection, type WriteError } from 'mongodb';

export interface BulkOutcome {
  /** How many documents the updates matched. */
  readonly matched: number;
  /** Write errors, by the index of their operation. */
  readonly errors: ReadonlyMap<number, WriteError>;
}

/** An unordered bulk, in which the refusal of one operation is that operation's outcome. */
export async function bulkWithErrors(
  collection: Collection,
  operations: readonly AnyBulkWriteOperation[],
): Promise<BulkOutcome> {
  if (operations.length === 0) return { matched: 0, errors: new Map() };
  try {
    const { matchedCount } = await collection.bulkWrite([...operations], { ordered: false });
    return { matched: matchedCount, errors: new Map() };
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
    const writeErrors = [error.writeErrors].flat();
    if (writeErrors.length === 0) throw error;
    const errors = new Map(writeErrors.map((writeError) => [writeError.index, writeError]));
    return { matched: error.result.matchedCount, errors };
  }
}
