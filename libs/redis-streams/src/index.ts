export { systemClock, type Clock } from './clock.js';
export {
  blockingTwin,
  connect,
  CONNECTION_PROFILES,
  type ConnectionProfile,
  type ConnectOptions,
} from './connections.js';
export { defineScript, type LuaScript, type ScriptArgument, type ScriptDefinition } from './lua-script.js';
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
export {
  DeadLetters,
  type DeadLetter,
  type DeadLetterPage,
  type DeadLettersOptions,
  type ReplayOutcome,
} from './dead-letters/dead-letters.js';
export { DEFAULT_SECRET_FIELDS } from './dead-letters/redact.js';
export { StreamTrimmer, type StreamTrimmerOptions, type TrimReport } from './stream-trimmer.js';
export { streamInfo, type GroupInfo, type StreamInfo } from './stream-info.js';
export { reapConsumers, type ReapOptions } from './consumer-reaper.js';
export type { StepCounter } from './step-counter.js';
