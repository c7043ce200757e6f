/** What callers may branch on; the message says what to do. */
export type MessagingErrorCode =
  | 'INVALID_NAME'
  | 'INVALID_EVENT'
  | 'EVENT_TOO_LARGE'
  | 'BATCH_REJECTED'
  | 'PUBLISH_UNCONFIRMED'
  | 'STREAM_MISMATCH'
  | 'SUBSCRIPTION_CONFLICT'
  | 'NO_HANDLER'
  | 'MALFORMED_EVENT'
  | 'HANDLER_TIMEOUT'
  | 'CLOSED';

/** Every error this library makes itself, as opposed to those of Redis, the network or a handler. */
export class MessagingError extends Error {
  override readonly name: string = 'MessagingError';

  constructor(
    readonly code: MessagingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Thrown by a handler: trying this message again can't help. It goes to the dead letters at once. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/**
 * Thrown by a handler: try this message again, by its retry policy, and dead-letter it after the last try.
 * What any unknown exception means as well; but this one is counted even where `classify` would take its
 * cause for an outage and wait.
 */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
}
