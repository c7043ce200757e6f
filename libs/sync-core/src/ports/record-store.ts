import type { JsonObject } from '../domain/json.js';
import type { RecordState, SyncRecord } from '../domain/record.js';

/**
 * One side as its clients see it: reads, and writes that get their version inside the store, in the same atomic
 * step. Implemented for Mongo and for Redis; both pass `recordStoreContract`.
 *
 * Not its job: validating profiles (the HTTP edge does), sending anything to the other side, retrying.
 * Store failures surface as {@link StoreUnavailableError}.
 */
export interface RecordStore {
  get(key: string): Promise<RecordState>;
  /** Living records in ascending key order. */
  list(page: Page): Promise<RecordPage>;
  /** @throws KeyOccupiedError */
  write(command: WriteCommand): Promise<WriteResult>;
  /** Writes a tombstone. Removing what is not there is `absent`, not an error. */
  remove(command: RemoveCommand): Promise<RemoveResult>;
  /** Gives a record another key: the old key becomes a tombstone, the new one the record, at once. */
  rename(command: RenameCommand): Promise<RenameResult>;
}

export interface Page {
  /** 1–1000 */
  readonly limit: number;
  /** The last key of the page before. */
  readonly after?: string;
}

export interface RecordPage {
  readonly records: readonly SyncRecord[];
  /** Give it as `after` to get the next page; absent on the last page. */
  readonly next?: string;
}

/** A condition on the living record (as `If-Match` and `If-None-Match: *` state it). */
export type Precondition =
  | { readonly kind: 'none' }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'exists' }
  | { readonly kind: 'absent' };

export interface WriteCommand {
  readonly key: string;
  /** `merge`: sets the given top-level fields, keeps the others. `replace`: the given fields are the profile. */
  readonly mode: 'merge' | 'replace';
  /** Shared fields to set, without the key field. */
  readonly set: JsonObject;
  /** Shared fields to remove (`merge` only). */
  readonly unset: readonly string[];
  /** Whether a record that does not exist is created. Otherwise the result is `absent`. */
  readonly create: boolean;
  readonly precondition: Precondition;
  readonly traceparent?: string;
}

export type WriteResult =
  | { readonly outcome: 'created' | 'updated'; readonly record: SyncRecord }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'precondition-failed'; readonly current: RecordState };

export interface RemoveCommand {
  readonly key: string;
  readonly precondition: Precondition;
  readonly traceparent?: string;
}

export type RemoveResult =
  | { readonly outcome: 'removed'; readonly version: number }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'precondition-failed'; readonly current: RecordState };

export interface RenameCommand extends WriteCommand {
  readonly newKey: string;
}

export type RenameResult =
  | { readonly outcome: 'renamed'; readonly record: SyncRecord; readonly removedVersion: number }
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'unsupported'; readonly reason: string }
  | Exclude<WriteResult, { outcome: 'created' | 'updated' }>;

/** A document that is no record has the key – in a list of keys, say. It is left alone, so the key is not to be had. */
export class KeyOccupiedError extends Error {
  override readonly name = 'KeyOccupiedError';
  constructor(readonly key: string) {
    super('another document, which is no record, has this key');
  }
}

/** The store did not answer, or said that it cannot now. Trying again later can help. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  constructor(
    readonly store: 'mongo' | 'redis',
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${store} is unavailable: ${reason}`, options);
  }
}
