import type { FailureClassifier } from '../failure-kind.js';
import type { MessageEvent, NewEvent } from '../envelope/message-event.js';

export interface MessageContext {
  readonly stream: string;
  readonly group: string;
  readonly partition: number;
  /** Id of the entry in the stream. */
  readonly entryId: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Aborted when the handler's time is up, and when the subscription is closed in a hurry. */
  readonly signal: AbortSignal;
  /**
   * Adds a Redis command that is run in the same atomic step that settles the message: once in effect,
   * whatever crashes. One key per command. Nothing is run when the handler throws. Redis does not roll
   * back: if a command fails (wrong type), those before it stay and the message counts as failed.
   */
  effect(command: string, key: string, ...args: readonly (string | number)[]): void;
  /** Publishes an event in that same step. Correlation and causation are filled in. */
  publish(stream: string, event: NewEvent): void;
}

export type MessageHandler<Data = unknown> = (
  event: MessageEvent<Data>,
  context: MessageContext,
) => Promise<unknown> | void;

export interface Delivery<Data = unknown> {
  readonly event: MessageEvent<Data>;
  readonly context: MessageContext;
}

/** One message of a batch that failed; the others are settled. */
export interface DeliveryFailure {
  readonly entryId: string;
  readonly error: unknown;
}

/** Handles several messages at once. Throwing fails them all; a list of failures only those. */
export type BatchMessageHandler<Data = unknown> = (
  deliveries: readonly Delivery<Data>[],
) => Promise<readonly DeliveryFailure[] | void>;

export interface SubscribeOptions {
  /** Where a group that doesn't exist yet begins: all that is there, only what comes, or after an entry id. Default `beginning`. */
  readonly from?: 'beginning' | 'now' | (string & {});
  /**
   * `key`: a partition is read by one instance at a time, and events of one key are handled in order.
   * `none`: instances share every message. Default: `key` with more than one partition, else `none`.
   */
  readonly order?: 'key' | 'none';
  /** Messages (or batches) handled at once by this subscription, per partition; 1: one after the other, in order. Default 10. */
  readonly concurrency?: number;
  /** Most messages taken at once, per partition. Default 100. */
  readonly batchSize?: number;
  /** Default 30,000 ms. */
  readonly handlerTimeoutMs?: number;
  /** Tries after the first one, n² × 100 ms after the n-th failure. Default 3. */
  readonly retries?: number;
  /** Replaces the waits; as many retries as waits. */
  readonly retryDelaysMs?: readonly number[];
  /** Skips an event id that this group has handled within the window. Default true. */
  readonly deduplicate?: boolean;
  /** How long a handled id is remembered at least (unless over 200,000 come within it). Default 1 h. */
  readonly deduplicationWindowMs?: number;
  /**
   * `handler`: what the handler does not report as failed it has acknowledged itself, in the script that has its
   * effects – which must do nothing for an entry whose XACK does nothing. Without `deduplicate`. Default `bus`.
   */
  readonly settledBy?: 'bus' | 'handler';
  /** Handles only these types; what becomes of all others says `unhandled`. */
  readonly types?: readonly string[];
  /**
   * What becomes of an event that no route of the subscription takes: it counts as handled, or it goes to the
   * dead letters. It goes there in any case while another process of the group has a handler for it. Default `ignore`.
   */
  readonly unhandled?: 'ignore' | 'dead-letter';
  /** What an exception means; see `classifyFailure`. */
  readonly classify?: FailureClassifier;
}

/** Its own: which types it takes, and how patient it is with them. */
type RouteOptions = Pick<SubscribeOptions, 'types' | 'retries' | 'retryDelaysMs' | 'handlerTimeoutMs'>;

/**
 * One of several handlers of a group. The types of two routes are disjoint; at most one route names none: it
 * takes what no other route takes.
 */
export type HandlerRoute = RouteOptions &
  (
    | { readonly batch?: false; readonly handler: MessageHandler }
    | { readonly batch: true; readonly handler: BatchMessageHandler }
  );

export type SubscriptionState = 'running' | 'paused' | 'failed' | 'closed';

export interface SubscriptionSnapshot {
  readonly stream: string;
  readonly group: string;
  readonly state: SubscriptionState;
  /** Partitions that this instance reads now. */
  readonly partitions: readonly number[];
  /** Why it failed, or waits; null while all is well. */
  readonly trouble: string | null;
}

export interface Subscription {
  readonly stream: string;
  readonly group: string;
  /** Resolves when nothing is in hand any more. */
  pause(): Promise<void>;
  resume(): void;
  /** Finishes what is in hand, leaves the rest to others. */
  unsubscribe(): Promise<void>;
  snapshot(): SubscriptionSnapshot;
}

/** Consumes events. An abstract class, so that it can be asked for by its name in dependency injection. */
export abstract class MessageConsumerService {
  /**
   * Resolves when the group exists: what is published from now on will be handled. While Redis is away, resolves as
   * well; the subscription waits for it, and says so (`snapshot().trouble`).
   */
  subscribe<Data = unknown>(
    stream: string,
    group: string,
    handler: MessageHandler<Data>,
    { types, ...options }: SubscribeOptions = {},
  ): Promise<Subscription> {
    const route = { handler: handler as MessageHandler, ...(types ? { types } : {}) };
    return this.subscribeRoutes(stream, group, [route], options);
  }

  subscribeBatch<Data = unknown>(
    stream: string,
    group: string,
    handler: BatchMessageHandler<Data>,
    { types, ...options }: SubscribeOptions = {},
  ): Promise<Subscription> {
    const route = {
      batch: true as const,
      handler: handler as BatchMessageHandler,
      ...(types ? { types } : {}),
    };
    return this.subscribeRoutes(stream, group, [route], options);
  }

  /**
   * Several handlers of one group, each for its types: one subscription, since a group gets each event once.
   * Subscribing the same types again makes another instance.
   * @throws MessagingError SUBSCRIPTION_CONFLICT when two routes take one type, or when this process has a
   * subscription to the group that takes other types: each would acknowledge what the other one wants.
   */
  abstract subscribeRoutes(
    stream: string,
    group: string,
    routes: readonly HandlerRoute[],
    options?: Omit<SubscribeOptions, 'types'>,
  ): Promise<Subscription>;

  /** Ends every subscription of this instance to the group. Nothing to do if there is none. */
  abstract unsubscribe(stream: string, group: string): Promise<void>;

  abstract subscriptions(): readonly SubscriptionSnapshot[];
}
