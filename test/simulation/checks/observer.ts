import type { ChangeEvent, Direction, HeldRecord, JsonObject, Stamp } from '@redis-mongo-sync/sync-core';
import type { Doc, Tombstone } from '../stores/doc.js';

/** Who changes a document, and why: what is checked depends on it. */
export type Writing =
  | { readonly by: 'outsider' }
  | { readonly by: 'client'; readonly grave?: number }
  /** A new version over `over`; the content stays. */
  | { readonly by: 'stamp'; readonly over: number | null }
  /**
   * A Redis write is applied; `over`: what had been kept before it was overwritten. Of every insert, `grave`: the version of
   * the tombstone that it was compared with (0: none).
   */
  | { readonly by: 'sync'; readonly event: ChangeEvent; readonly over?: number; readonly grave?: number };

/** What a store shows of a record; `null`: nothing, or a delete. */
export type Fields = JsonObject | null;

/** A version of a record, with the fields that Redis may show. */
export interface Seen extends Stamp {
  readonly fields: Fields;
}

/** A write that took effect in the store that its source names. */
export interface ExecutedWrite extends Seen {
  readonly key: string;
  /** What the store held before. */
  readonly before: Seen | null;
}

/** Told by the simulated stores of everything that they do, as they do it. */
export interface Observer {
  redisHolds(key: string, before: HeldRecord | null, after: HeldRecord): void;
  mongoHolds(before: Doc | null, after: Doc, writing: Writing): void;
  mongoBuried(before: Tombstone | null, after: Tombstone): void;
  emitted(direction: Direction, event: ChangeEvent): void;
  /** @param also what it replaced besides */
  clientWrote(write: ExecutedWrite, also?: Stamp): void;
  /** The protocol gave a record a new version: a re-emission, a stamp, a merge. `builtOn`: what it stands for. */
  derived(write: ExecutedWrite, builtOn: readonly Stamp[]): void;
  /** A version was taken back: it was compared with too little. */
  tookBack(key: string, stamp: Stamp): void;
  deposited(account: string): void;
  /** Redis lost everything. */
  wiped(): void;
}

/** For contract suites. */
export const NO_OBSERVER: Observer = {
  redisHolds: () => undefined,
  mongoHolds: () => undefined,
  mongoBuried: () => undefined,
  emitted: () => undefined,
  clientWrote: () => undefined,
  derived: () => undefined,
  tookBack: () => undefined,
  deposited: () => undefined,
  wiped: () => undefined,
};
