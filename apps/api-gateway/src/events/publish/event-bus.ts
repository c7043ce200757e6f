import type { NewEvent } from '@redis-mongo-sync/redis-streams';

/** Where events are published. An event id is accepted once per stream, also when a connection is cut in mid-call. */
export interface EventBus {
  /** @throws StoreUnavailableError */
  publish(stream: string, event: NewEvent & { readonly id: string }): Promise<Published>;
  /** All or none, in this order. @throws StoreUnavailableError */
  publishAll(items: readonly BusItem[]): Promise<readonly Published[]>;
}

export interface BusItem {
  readonly stream: string;
  readonly event: NewEvent & { readonly id: string };
}

export interface Published {
  readonly entryId: string;
  /** The id was known already: `entryId` is that of the event that had it first. */
  readonly duplicate: boolean;
}
