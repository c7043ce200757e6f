import { classifyFailure, type FailureKind } from '@redis-mongo-sync/redis-streams';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';

/** What the apply flows throw: a store that is down is waited for, however long; the rest as the consumer sees it. */
export function classifySyncFailure(error: unknown): FailureKind {
  return error instanceof StoreUnavailableError ? 'transient' : classifyFailure(error);
}
