import { HttpProblem, ProblemError } from '@redis-mongo-sync/service-kit';
import { withRedisErrors } from '@redis-mongo-sync/sync-adapters';

/** Runs a step on streams that clients name, with its errors translated: the name may be that of another kind of key. */
export async function withStreamErrors<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await withRedisErrors(step);
  } catch (error) {
    if (!/^WRONGTYPE\b/.test((error as Error).message)) throw error;
    throw new ProblemError(HttpProblem.Unprocessable, {
      detail: 'a key of this name is there already, and is no stream; choose another name',
      cause: error,
    });
  }
}
