import { classifyRedisFailure } from '@redis-mongo-sync/redis-streams';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';

/** Whether Redis refused because of the user's rights (ACL). Hosted services forbid INFO and CONFIG to everybody. */
export function isForbiddenByRedis(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOPERM');
}

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
