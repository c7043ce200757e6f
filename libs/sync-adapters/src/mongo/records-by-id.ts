import type { JsonObject, SyncRecord } from '@redis-mongo-sync/sync-core';
import type { RefusedWrite, WriteCondition } from './record-writer.js';

/** A living record and its Mongo `_id`, which stays the same when the key changes. */
export interface IdentifiedRecord extends SyncRecord {
  readonly id: string;
}

export interface IdentifiedPage {
  readonly records: readonly IdentifiedRecord[];
  /** Give it as `after` to get the next page; absent on the last one. */
  readonly next?: string;
}

/** What a write did. Of a deleted record, `fields` are those that it had. */
export interface RecordChange extends IdentifiedRecord {
  readonly kind: 'created' | 'updated' | 'deleted';
  /** The key that the record had before, where it got another one. */
  readonly previousKey?: string;
}

export interface ReplaceCommand {
  /** The key from now on; without one the record keeps its own. */
  readonly key?: string;
  /** Shared fields, without the key field. */
  readonly fields: JsonObject;
  readonly condition: WriteCondition;
}

export type CreateByIdResult =
  | { readonly outcome: 'created'; readonly record: IdentifiedRecord }
  | { readonly outcome: 'taken'; readonly id: string };

export type ReplaceByIdResult =
  | { readonly outcome: 'updated'; readonly record: IdentifiedRecord; readonly previousKey?: string }
  | { readonly outcome: 'taken' }
  | RefusedWrite;

export type RemoveByIdResult =
  { readonly outcome: 'removed'; readonly key: string; readonly version: number } | RefusedWrite;
