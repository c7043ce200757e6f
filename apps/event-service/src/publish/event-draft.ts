import type { JsonObject } from '@redis-mongo-sync/sync-core';

/** A validated event on its way to a stream. */
export interface EventDraft {
  readonly stream: string;
  readonly type: string;
  readonly data: JsonObject;
  /** What it is about; events of one key keep their order. */
  readonly key?: string;
  /** Id that the client gave in the body. */
  readonly eventId?: string;
}

export const LIMITS = {
  id: 128,
  title: 200,
  prose: 10_000,
  /** Bytes of free data as JSON: half of what the audit log takes, as JSON in UTF-8 may double what a client counts. */
  dataBytes: 32_768,
  batch: 500,
} as const;

/** Harmless in keys, logs and URLs. */
export const EVENT_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
