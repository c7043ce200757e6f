import { MongoServerError, type Db } from 'mongodb';
import { CONFLICTS_COLLECTION } from './mongo-conflict-log.js';
import { withMongoErrors } from './mongo-errors.js';

/** How long losing versions are kept, unless configured otherwise, days. */
export const DEFAULT_HISTORY_DAYS = 30;

const DAY_SECONDS = 24 * 60 * 60;
/** IndexOptionsConflict, IndexKeySpecsConflict: which one it is depends on the server's version. */
const CONFLICTING_INDEX: ReadonlySet<unknown> = new Set([85, 86]);

/**
 * Creates the indexes of the conflict log: one by record, newest first, and one that forgets what is older than
 * `historyDays`. Safe to repeat, also with another number of days, which then holds for what is kept already, too.
 */
export async function prepareConflictLog(db: Db, historyDays = DEFAULT_HISTORY_DAYS): Promise<void> {
  const expireAfterSeconds = historyDays * DAY_SECONDS;
  await withMongoErrors(async () => {
    const log = db.collection(CONFLICTS_COLLECTION);
    await log.createIndex({ entity: 1, key: 1, at: -1, _id: -1 });
    try {
      await log.createIndex({ at: 1 }, { expireAfterSeconds });
    } catch (error) {
      if (!(error instanceof MongoServerError && CONFLICTING_INDEX.has(error.code))) throw error;
      await db.command({
        collMod: CONFLICTS_COLLECTION,
        index: { keyPattern: { at: 1 }, expireAfterSeconds },
      });
    }
  });
}
