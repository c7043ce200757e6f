import { classifyRedisFailure, isGroupLost } from '../failure-kind.js';
import type { FailureSource } from './circuit-breaker.js';
import { isError } from '../is-error.js';

type Interruption =
  | { readonly kind: 'transient' | 'fatal'; readonly source: FailureSource; readonly error: unknown }
  | { readonly kind: 'group-lost'; readonly error: unknown };

/** Thrown around an error of the owner's code when the consumer has to pause, or stop for good. */
export class OwnerFailure extends Error {
  override readonly name = 'OwnerFailure';

  constructor(
    readonly kind: 'transient' | 'fatal',
    readonly source: FailureSource,
    cause: unknown,
  ) {
    super(`the owner's code failed (${kind})`, { cause });
  }
}

/** What an error that left the consumer's loop means. An error of no known kind is a bug here: fatal. */
export function interruptionOf(error: unknown): Interruption {
  if (error instanceof OwnerFailure) {
    return { kind: error.kind, source: error.source, error: error.cause };
  }
  if (isGroupLost(error)) return { kind: 'group-lost', error };
  const kind = classifyRedisFailure(error) ?? (isErrorReply(error) ? 'transient' : 'fatal');
  return { kind, source: 'redis', error };
}

/** A reply nobody foresaw: keep trying, visibly, rather than stop the sync. */
function isErrorReply(error: unknown): boolean {
  return isError(error) && error.name === 'ReplyError';
}
