import type { Page } from '@redis-mongo-sync/sync-core';
import type { Conditions } from '../http/entity-tags.js';
import type { RequestContext } from '../http/request-context.js';
import type { RecordAnswer } from './answer.js';
import type { UserRemoval, UserWrite } from './user-write.js';

/**
 * Users as one side – the store itself, or a service in front of it – offers them over HTTP. Requests are validated
 * already; refusals that only the store can decide are answers or {@link ProblemError}s.
 */
export interface UsersSide {
  read(email: string, conditions: Conditions, context: RequestContext): Promise<RecordAnswer>;
  list(page: Page, context: RequestContext): Promise<RecordAnswer>;
  write(write: UserWrite, context: RequestContext): Promise<RecordAnswer>;
  remove(removal: UserRemoval, context: RequestContext): Promise<RecordAnswer>;
  /** The version that this side knows of a user, tombstones included; 0 when it knows nothing. */
  versionOf(email: string, context: RequestContext): Promise<number>;
}
