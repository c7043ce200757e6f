import { classifyFailure, type FailureKind } from '#libs/redis-streams';
import { StoreUnavailableError } from '#libs/sync-core';

/** What the apply flows throw: a store that is down is waited for, however long; the rest as the consumer sees it. */
export function classifySyncFailure(error: unknown): FailureKind {
  return error instanceof StoreUnavailableError ? 'transient' : classifyFailure(error);
}
