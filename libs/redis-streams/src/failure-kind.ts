import { isError } from './is-error.js';

/**
 * The three kinds of failure, each with its own answer:
 * – `transient`: a store is down or slow. Wait behind the circuit breaker; nothing is dead-lettered.
 * – `poison`: this entry (or the handler's way with it) is wrong. Retry it alone, then dead-letter it.
 * – `fatal`: waiting can't help (bad configuration). Stop and say why.
 */
export type FailureKind = 'transient' | 'poison' | 'fatal';

export type FailureClassifier = (error: unknown) => FailureKind;

/** First word of a Redis error reply while the server can't serve *now*. */
const TRANSIENT_REPLIES = new Set([
  'LOADING',
  'READONLY',
  'OOM',
  'BUSY',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'MISCONF',
  'NOREPLICAS',
  'TRYAGAIN',
  'UNBLOCKED',
  'NOGROUP',
]);

const FATAL_REPLIES = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM', 'WRONGTYPE', 'CROSSSLOT', 'DENIED']);

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
]);

/** Messages the Redis client makes itself; they carry no code. */
const CLIENT_MESSAGES =
  /^(Connection is closed|Command timed out|Socket timeout|Stream isn't writeable|Command aborted|Reached the max retries per request|connect ETIMEDOUT)/;

/**
 * The default: Redis and network trouble is transient, refused credentials and wrong types are fatal, and
 * whatever else a handler throws is taken for a fault of the entry. Errors of other stores need a
 * classifier of your own; let it fall back to this one.
 */
export function classifyFailure(error: unknown): FailureKind {
  return classifyRedisFailure(error) ?? 'poison';
}

/** The kind of a Redis, client or network error; undefined when it is none of these. */
export function classifyRedisFailure(error: unknown): Exclude<FailureKind, 'poison'> | undefined {
  if (!isError(error)) return undefined;
  const word = error.message.split(' ', 1)[0] ?? '';
  if (FATAL_REPLIES.has(word)) return 'fatal';
  if (TRANSIENT_REPLIES.has(word) || CLIENT_MESSAGES.test(error.message)) return 'transient';
  if ('code' in error && typeof error.code === 'string' && NETWORK_CODES.has(error.code)) return 'transient';
  return error.cause === undefined ? undefined : classifyRedisFailure(error.cause);
}

/** True when the stream or its consumer group is gone: deleted, flushed, or lost in a failover. */
export function isGroupLost(error: unknown): boolean {
  return isError(error) && /^(NOGROUP\b|UNBLOCKED the stream key no longer exists)/.test(error.message);
}
