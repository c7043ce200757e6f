import type { ChangeEvent, Direction, Stamp, HeldRecord } from '@redis-mongo-sync/sync-core';
import type { Doc, Writer } from '../stores/sim-mongo.js';

/** A client's write that took effect. */
export interface ExecutedWrite {
  readonly key: string;
  readonly version: number;
  /** Canonical text of the visible fields; `null`: a delete. */
  readonly payload: string | null;
  /** What the store held before. */
  readonly before: Stamp | null;
}

/** Told by the simulated stores of everything that they do, as they do it. */
export interface Observer {
  redisHolds(key: string, before: HeldRecord | null, after: HeldRecord): void;
  mongoHolds(before: Doc | null, after: Doc, writer: Writer): void;
  emitted(direction: Direction, event: ChangeEvent): void;
  clientWrote(store: 'mongo' | 'redis', write: ExecutedWrite): void;
  /** Redis gave its record a new version. */
  reEmitted(write: ExecutedWrite): void;
  deposited(id: string): void;
  /** Redis lost everything. */
  wiped(held: ReadonlyMap<string, HeldRecord>): void;
}

/** For contract suites. */
export const NO_OBSERVER: Observer = {
  redisHolds: () => undefined,
  mongoHolds: () => undefined,
  emitted: () => undefined,
  clientWrote: () => undefined,
  reEmitted: () => undefined,
  deposited: () => undefined,
  wiped: () => undefined,
};
