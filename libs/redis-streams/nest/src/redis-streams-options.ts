import type {
  ConsumerTimings,
  DeadLetterRules,
  MessageBus,
  MessagingObserver,
  StreamDefinition,
  SubscribeOptions,
} from '@redis-mongo-sync/redis-streams';

export const REDIS_STREAMS_OPTIONS = Symbol('REDIS_STREAMS_OPTIONS');

/** A registry of `prom-client`. That package is optional, so its types are not imported here. */
export interface MetricsRegistry {
  metrics(): Promise<string>;
  registerMetric(metric: never): void;
}

export interface RedisStreamsModuleOptions {
  /** Where Redis is. Not needed with `bus`. */
  readonly url?: string;
  /** A bus of the caller's own, an `InMemoryBus` say. The module closes it. */
  readonly bus?: MessageBus;
  readonly streams?: Readonly<Record<string, StreamDefinition>>;
  /** Name of this instance in its groups. */
  readonly instance?: string;
  readonly hashTags?: boolean;
  readonly timings?: ConsumerTimings;
  readonly deadLetters?: DeadLetterRules;
  /** Where the metrics go. Default: none are kept. */
  readonly registry?: MetricsRegistry;
  readonly observer?: MessagingObserver;
  /** For every `@StreamHandler`, unless it says otherwise. */
  readonly subscribe?: SubscribeOptions;
}
