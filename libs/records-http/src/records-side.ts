import type { RequestContext } from '@redis-mongo-sync/service-kit';
import type { Page } from '@redis-mongo-sync/sync-core';
import type { Conditions } from './entity-tags.js';
import type { RecordAnswer } from './record-answer.js';
import type { RecordRemoval, RecordWrite } from './record-write.js';

/**
 * Records as one side – the store itself, or a service in front of it – offers them over HTTP. Requests are validated
 * already; refusals that only the store can decide are answers or `ProblemError`s.
 */
export interface RecordsSide {
  read(key: string, conditions: Conditions, context: RequestContext): Promise<RecordAnswer>;
  list(page: Page, context: RequestContext): Promise<RecordAnswer>;
  write(write: RecordWrite, context: RequestContext): Promise<RecordAnswer>;
  remove(removal: RecordRemoval, context: RequestContext): Promise<RecordAnswer>;
  /** The version that this side knows of a record, tombstones included; 0 when it knows nothing. */
  versionOf(key: string, context: RequestContext): Promise<number>;
}
