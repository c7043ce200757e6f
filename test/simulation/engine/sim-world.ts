import {
  nextVersion,
  updatedAtOf,
  USERS,
  versionAt,
  type ConflictPolicy,
  type EntityDefinition,
} from '@redis-mongo-sync/sync-core';
import type { Clock } from '@redis-mongo-sync/redis-streams';
import type { Mutation } from '../mutations.js';
import type { StoreName } from './link.js';
import type { Task } from './task.js';
import { Trace } from './trace.js';

/** Where a schedule's time begins: any moment will do, the same for all. */
const EPOCH_MS = 1_792_000_000_000;

/** A version further ahead of the local clock than this is not applied, ms. */
export const MAX_SKEW_MS = 60_000;

export interface WorldOptions {
  readonly mutation?: Mutation;
  readonly conflict?: ConflictPolicy;
  readonly startMs?: number;
  readonly trace?: Trace;
}

/** Virtual time, the clocks of the stores, who cannot reach whom, and what has gone wrong so far. */
export class SimWorld {
  now: number;
  /** What is kept in sync. An account is where deposits went: it belongs to a record through delete and rename. */
  readonly entity: EntityDefinition;
  readonly mutation: Mutation;
  readonly trace: Trace | null;
  /** The first thing that must never happen, and did. */
  violation: string | null = null;
  /** Steps taken: one is what a task does between two waits. */
  steps = 0;
  /** Changes of what the stores hold; positions and leases not counted. */
  writes = 0;
  /** Requests that their senders gave up and that will arrive all the same. */
  readonly late: (() => void)[] = [];
  readonly faults = new Map<string, number>();
  private readonly offsets: Record<StoreName, number> = { mongo: 0, redis: 0 };
  private readonly cuts = new Set<string>();

  constructor(options: WorldOptions = {}) {
    const { mutation = 'none', conflict = 'last-write-wins', startMs = EPOCH_MS, trace } = options;
    this.entity = { ...USERS, conflict, ownedFields: [...USERS.ownedFields, 'account'] };
    this.mutation = mutation;
    this.now = startMs;
    this.trace = trace ?? null;
  }

  /** Notes a breach: final equality would not show it, because later steps may heal it. */
  violated(what: string): void {
    this.violation ??= what;
  }

  /** Counts a fault that really happened. */
  happened(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    this.trace?.add(`        ⚡ ${fault}`);
  }

  note(who: string, what: string, result: unknown): void {
    this.trace?.add(
      `${String(this.now).slice(-6)} ${who.padEnd(18)} ${what.padEnd(12)} ${Trace.show(result)}`,
    );
  }

  clockOf(store: StoreName): number {
    return this.now + this.offsets[store];
  }

  jump(store: StoreName, ms: number): void {
    // Beyond a minute versions are dead-lettered; that is another rule, and has tests of its own.
    this.offsets[store] = Math.max(-MAX_OFFSET_MS, Math.min(MAX_OFFSET_MS, this.offsets[store] + ms));
  }

  nextVersion(store: StoreName, stored: number): number {
    const version = nextVersion(this.clockOf(store), stored);
    return this.mutation === 'millisecond-clock' ? versionAt(updatedAtOf(version)) : version;
  }

  /** A clock whose timers are waits of `task`. */
  clock(task: Task): Clock {
    return {
      now: () => this.now,
      after: (delayMs, callback) => {
        task.parkUntil(this.now + delayMs, callback);
        return () => undefined;
      },
    };
  }

  cut(store: StoreName, service: number): void {
    this.cuts.add(`${store} ${service}`);
  }

  heal(): void {
    this.cuts.clear();
  }

  isCut(store: StoreName, service: number): boolean {
    return this.cuts.has(`${store} ${service}`);
  }
}

const MAX_OFFSET_MS = 20_000;
