/** One event as it travels: what happened, when, why, and where it belongs. */
export interface MessageEvent<Data = unknown> {
  /** Unique; the same id is accepted once. A UUIDv7 unless the publisher gives one. */
  readonly id: string;
  /** `{domain}.{action}`, as `user.created`. */
  readonly type: string;
  /** When it happened, ISO 8601 in UTC. */
  readonly time: string;
  /** Version of the shape of `data`, from 1. */
  readonly schemaVersion: number;
  /** Shared by everything that one request or process caused. */
  readonly correlationId?: string;
  /** Id of the event that directly caused this one. */
  readonly causationId?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
  /** Events of one key keep their order (see partitions). */
  readonly key?: string;
  /** Any JSON value. */
  readonly data: Data;
}

/** What a publisher has to say; the rest is filled in. */
export type NewEvent<Data = unknown> = Pick<MessageEvent<Data>, 'type' | 'data'> &
  Partial<Omit<MessageEvent<Data>, 'type' | 'data'>>;

export interface EventLimits {
  /** Most bytes of one event as JSON, envelope included. Default 256 Ki. */
  readonly maxEventBytes: number;
}

export const DEFAULT_LIMITS: EventLimits = { maxEventBytes: 256 * 1024 };
