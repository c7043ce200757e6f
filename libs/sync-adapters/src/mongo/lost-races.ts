import { backOffMs, pause } from '@redis-mongo-sync/redis-streams';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import type { ClientSession, MongoClient } from 'mongodb';
import { isDuplicateKey, translateMongoError } from './mongo-errors.js';

/** Another writer was quicker: what the attempt had seen is no longer so. The next attempt sees what is. */
export class LostRaceError extends Error {
  override readonly name = 'LostRaceError';
}

/** For how long a write that loses every race is tried again, ms. */
const PATIENCE_MS = 10_000;

const BACK_OFF = { baseMs: 4, capMs: 250 };

/**
 * Attempts a write until it is done or refused: it starts anew when another writer changed the record or took the key
 * between the attempt's look and its write.
 *
 * @throws StoreUnavailableError when no attempt gets through for ten seconds, and while MongoDB is down
 */
export async function untilDecided<T>(keyField: string, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let lost = 1; ; lost += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof LostRaceError) && !isDuplicateKey(error, keyField))
        throw translateMongoError(error);
      if (performance.now() >= deadline) {
        const reason = 'other writers were quicker than every attempt of this write';
        throw new StoreUnavailableError('mongo', reason, { cause: error });
      }
      await pause(backOffMs(lost, BACK_OFF));
    }
  }
}

/** One attempt of a transaction; ends with {@link LostRaceError} where the driver would try again for two minutes. */
export async function transactOnce<T>(
  client: MongoClient,
  step: (session: ClientSession) => Promise<T>,
): Promise<T> {
  let runs = 0;
  return client.withSession((session) =>
    session.withTransaction(
      () => {
        runs += 1;
        if (runs > 1) throw new LostRaceError();
        return step(session);
      },
      { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } },
    ),
  );
}
