import type { Page } from '@redis-mongo-sync/sync-core';
import type { Conditions } from '../http/entity-tags.js';
import type { Answer } from './answer.js';
import type { RequestContext, UserRemoval, UserWrite } from './user-write.js';

/**
 * Users as one side – the store itself, or a service in front of it – offers them over HTTP. Requests are validated
 * already; refusals that only the store can decide are answers or {@link ProblemError}s.
 */
export interface UsersSide {
  read(email: string, conditions: Conditions, context: RequestContext): Promise<Answer>;
  list(page: Page, context: RequestContext): Promise<Answer>;
  write(write: UserWrite, context: RequestContext): Promise<Answer>;
  remove(removal: UserRemoval, context: RequestContext): Promise<Answer>;
  /** The version that this side knows of a user, tombstones included; 0 when it knows nothing. */
  versionOf(email: string, context: RequestContext): Promise<number>;
}
