import type {
  ConsumerTimings,
  DeadLetterRules,
  MessageBus,
  MessagingObserver,
  StreamDefinition,
  SubscribeOptions,
} from '@redis-mongo-sync/redis-streams';
import type { Registry } from 'prom-client';

export const REDIS_STREAMS_OPTIONS = Symbol('REDIS_STREAMS_OPTIONS');
export const REDIS_STREAMS_METRICS = Symbol('REDIS_STREAMS_METRICS');

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
  readonly registry?: Registry;
  readonly observer?: MessagingObserver;
  /** For every `@StreamHandler`, unless it says otherwise. */
  readonly subscribe?: SubscribeOptions;
}
