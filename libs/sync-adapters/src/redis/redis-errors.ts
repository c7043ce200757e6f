import { classifyRedisFailure } from '@redis-mongo-sync/redis-streams';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';

/** Runs a step against Redis with its errors translated: what waiting can help becomes StoreUnavailableError. */
export async function withRedisErrors<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (classifyRedisFailure(error) !== 'transient') throw error;
    throw new StoreUnavailableError('redis', (error as Error).message, {
      cause: error,
    });
  }
}
