export { backOffMs, type BackOffOptions } from './back-off.js';
export { housekeepingClock, systemClock, type Clock } from './clock.js';
export { errorText } from './error-text.js';
export { pause, type PauseOptions } from './pause.js';
export {
  blockingTwin,
  connect,
  CONNECTION_PROFILES,
  type ConnectionProfile,
  type ConnectOptions,
} from './connections.js';
export { defineScript, type LuaScript, type ScriptArgument, type ScriptDefinition } from './lua-script.js';
export { readLua } from './lua-source.js';
export { replayedFor } from './group-mark.js';
export { addedAt, compareIds, fieldOf, type StreamEntry } from './stream-entry.js';
export {
  classifyFailure,
  classifyRedisFailure,
  type FailureClassifier,
  type FailureKind,
} from './failure-kind.js';
export {
  StreamConsumer,
  type ConsumerEnd,
  type ConsumerSnapshot,
  type StopOutcome,
} from './consumer/stream-consumer.js';
export type {
  BatchHandler,
  EntryFailure,
  HandlerContext,
  HandlerResult,
  StreamConsumerOptions,
} from './consumer/consumer-options.js';
export type { BreakerChange, ConsumerEvents, ModeChange } from './consumer/consumer-events.js';
export type { ConsumerMode } from './consumer/consumer-mode.js';
export type { ConsumerCounters } from './consumer/consumer-counters.js';
export type { BreakerOptions, BreakerSnapshot, BreakerState } from './consumer/circuit-breaker.js';
export { DeadLetters, type DeadLettersOptions } from './dead-letters/dead-letters.js';
export type {
  AuditEntry,
  DeadLetter,
  DeadLetterPage,
  ReplayManyOptions,
  ReplayManyReport,
  ReplayOutcome,
} from './dead-letters/dead-letter.js';
export { DEFAULT_SECRET_FIELDS } from './dead-letters/redact.js';
export { StreamTrimmer, type StreamTrimmerOptions, type TrimReport } from './stream-trimmer.js';
export { streamInfo, type GroupInfo, type StreamInfo } from './stream-info.js';
export { reapConsumers, type ReapOptions } from './consumer-reaper.js';
export type { StepCounter } from './step-counter.js';
export { DeadLetterKeeper, type DeadLetterKeeperOptions } from './dead-letters/dead-letter-keeper.js';
export { typeOf, type LetterFilter } from './dead-letters/letter-filter.js';

export type { MessageEvent, NewEvent, EventLimits } from './envelope/message-event.js';
export { decodeEvent, encodeEvent, EVENT_FIELD } from './envelope/event-codec.js';
export { newEventId } from './envelope/event-id.js';
export {
  MessagingError,
  RetryableError,
  TerminalError,
  type MessagingErrorCode,
} from './envelope/messaging-error.js';
export { assertEventType, assertGroupName, assertStreamName } from './envelope/names.js';
export {
  StreamCatalog,
  StreamLayout,
  type CatalogOptions,
  type StreamDefinition,
  type TrimPolicy,
} from './envelope/stream-catalog.js';
export { MessageBus, type DeadLetterBox } from './bus/message-bus.js';
export * from './bus/message-consumer.js';
export * from './bus/message-producer.js';
export {
  observeAll,
  type DeadLetterAlert,
  type HandledFact,
  type MessagingObserver,
  type PublishedFact,
} from './bus/messaging-observer.js';
export { RedisMessageBus, type DeadLetterRules, type RedisBusOptions } from './bus/redis-message-bus.js';
export { RedisMessageProducer, type RedisProducerOptions } from './producer/redis-message-producer.js';
export {
  RedisMessageConsumer,
  type ConsumerTimings,
  type RedisConsumerOptions,
} from './subscription/redis-message-consumer.js';
export {
  RedisStreamReplayer,
  StreamReplayer,
  type GroupReplay,
  type ReplayedEvent,
  type ReplayPosition,
  type ReplayRange,
  type ReplaySummary,
} from './replay/stream-replayer.js';
export { loadTracing } from './tracing/open-telemetry.js';
export { noTracing, type SpanInfo, type TraceBridge } from './tracing/trace-bridge.js';
