import type { JsonObject } from '@redis-mongo-sync/sync-core';

/** A validated event on its way to a stream. */
export interface EventDraft {
  readonly stream: string;
  readonly type: string;
  readonly data: JsonObject;
  /** What it is about; events of one key keep their order. */
  readonly key?: string | undefined;
  /** Id that the client gave in the body. */
  readonly eventId?: string | undefined;
}
