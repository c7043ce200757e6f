import type { Source } from '@redis-mongo-sync/sync-core';
import type { Document } from 'mongodb';
import type { OddKind, Operation } from './operation.js';

/** A write that a client was told has happened. */
export interface Acknowledged {
  readonly operation: Operation;
  readonly source: Source;
  readonly version: number;
  /** The shared fields as the answer showed them, canonical; null for a delete. */
  readonly text: string | null;
  /** ms since the run began. */
  readonly at: number;
}

/** Everything that clients were told, by key. Kept by the test alone: no fault reaches it. */
export class Told {
  readonly acknowledged = new Map<string, Acknowledged[]>();
  /** Writes that may or may not have happened, by their name. */
  readonly unknown = new Map<string, Operation>();
  readonly operations = new Map<string, Operation>();
  /** When each operation was sent, and when its client had an answer or gave up; ms since the run began. */
  readonly begun = new Map<string, number>();
  readonly ended = new Map<string, number>();
  /** Sum that each wallet must hold. A delta without an answer is sent again until there is one. */
  readonly wallets = new Map<string, number>();
  /** Writes by outsiders, of keys that no client writes. */
  readonly byOutsiders = new Map<string, Operation>();
  /** Operations whose repetition was answered with another version. */
  readonly appliedTwice: string[] = [];
  readonly counts = { 'mongo-first': 0, 'redis-first': 0, fcall: 0, outsider: 0, odd: 0, wallet: 0 };
  readonly oddCounts: Partial<Record<OddKind, number>> = {};
  /** Documents with values of all types, as outsiders inserted them, by key. */
  readonly typed = new Map<string, Document>();
  refused = 0;
  unknowns = 0;
  readonly unexpected = new Map<string, number>();

  begin(operation: Operation, at: number): void {
    this.operations.set(operation.name, operation);
    this.begun.set(operation.name, at);
  }

  /**
   * Until when an outsider may have removed this key from Mongo: a tombstone removed by hand leaves nothing. ms since
   * the run began; -Infinity: none did, Infinity: the end is not known.
   */
  removedUntil(key: string): number {
    let until = Number.NEGATIVE_INFINITY;
    for (const { name, via, kind, key: own } of this.operations.values()) {
      if (own !== key || via !== 'outsider' || kind !== 'delete') continue;
      const end = this.unknown.has(name) ? undefined : this.ended.get(name);
      until = Math.max(until, end ?? Number.POSITIVE_INFINITY);
    }
    return until;
  }

  acknowledge(write: Acknowledged): void {
    const { operation } = write;
    this.counts[operation.via] += 1;
    const list = this.acknowledged.get(operation.key);
    if (list) list.push(write);
    else this.acknowledged.set(operation.key, [write]);
  }

  doubt(operation: Operation): void {
    this.unknowns += 1;
    this.unknown.set(operation.name, operation);
  }

  surprise(what: string): void {
    this.unexpected.set(what, (this.unexpected.get(what) ?? 0) + 1);
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }
}
