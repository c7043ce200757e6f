import { setTimeout as sleep } from 'node:timers/promises';
import { DIRECTIONS, type Direction, type EntityDefinition } from '@redis-mongo-sync/sync-core';
import { engineParts, type EngineParts } from './composition/engine-parts.js';
import type { Reconciles } from './healing/reconcile/reconciles.js';
import { RecordHistory } from './history/record-history.js';
import type { LaneHandle } from './lanes/lane-handle.js';
import { SyncDeadLetters } from './lanes/sync-dead-letters.js';
import { EngineStatus } from './status/engine-status.js';
import type { SyncStatus } from './status/sync-status.js';
import { UnsyncableDocuments } from './unsyncable/unsyncable-documents.js';
import { settingsOf, type SyncEngineOptions, type SyncEngineSettings } from './sync-engine-options.js';

/**
 * - `idle`: put together; the handles answer, nothing is synced;
 * - `running`: capture, both lanes and the healing are at work;
 * - `draining`: stopping; what is in flight is settled, nothing new is read;
 * - `stopped`: nothing runs and the connection to Redis is closed. There is no way back: make another engine.
 */
export type EngineMode = 'idle' | 'running' | 'draining' | 'stopped';

/** Consumers keep the deadline themselves; this is what they need to leave their entries behind. */
const GRACE_MS = 500;

/**
 * The two-way sync of some entities between one MongoDB and one Redis: its life, and the handles by which it is looked
 * at and operated. No framework in here; `SyncModule` wraps it for Nest.
 */
export class SyncEngine {
  readonly status: SyncStatus;
  readonly deadLetters: SyncDeadLetters;
  readonly history: RecordHistory;
  readonly reconcile: Reconciles;
  readonly unsyncable: UnsyncableDocuments;
  readonly lanes: Readonly<Record<Direction, LaneHandle>>;
  private readonly settings: SyncEngineSettings;
  private readonly parts: EngineParts;
  private stopping: Promise<void> | undefined;
  private currentMode: EngineMode = 'idle';

  constructor(options: SyncEngineOptions) {
    this.settings = settingsOf(options);
    this.parts = engineParts(this.settings);
    this.status = new EngineStatus(this.parts);
    this.deadLetters = deadLettersOf(this.settings, this.parts);
    this.history = historyOf(this.settings, this.parts);
    this.reconcile = this.parts.healing.reconciles;
    this.unsyncable = new UnsyncableDocuments(this.parts.stores.unsyncable);
    this.lanes = laneHandles(this.parts);
  }

  get mode(): EngineMode {
    return this.currentMode;
  }

  /** @throws RangeError when it syncs none of that name */
  entity(name: string): EntityDefinition {
    const entity = this.settings.entities.find((candidate) => candidate.name === name);
    if (!entity) throw new RangeError(`there is no entity ${name}`);
    return entity;
  }

  /**
   * Looks at how Redis is configured. Capture does so too, whenever it begins; this is for saying no before the start.
   *
   * @throws Error when it may evict keys: it would throw away streams and tombstones
   */
  requireSafeRedis(): Promise<void> {
    return this.parts.requireSafeRedis();
  }

  /**
   * Starts everything. Stores that are down are waited for.
   *
   * @throws Error unless the engine is `idle`
   */
  start(): void {
    if (this.currentMode !== 'idle')
      throw new Error(`an engine starts once; this one is ${this.currentMode}`);
    this.setMode('running');
    const { lanes, capture, healing, observer } = this.parts;
    for (const { direction, consumer, trimmer } of Object.values(lanes)) {
      void consumer.start().then((end) => {
        if (end.kind === 'fatal') observer.fatal(direction, end.error);
      });
      trimmer.start();
    }
    capture.start();
    healing.housekeeping.start();
    healing.schedule.start();
    healing.oplog.start();
    healing.unsyncable.start();
    healing.consistency.start();
  }

  /**
   * Resolves when what is in flight is settled, or left pending on purpose at the deadline – also when both stores are
   * down, and whatever waits for them. May be called again.
   */
  stop(deadlineMs: number): Promise<void> {
    return (this.stopping ??= this.drain(deadlineMs));
  }

  private async drain(deadlineMs: number): Promise<void> {
    this.setMode('draining');
    const over = new AbortController();
    const deadline = sleep(deadlineMs + GRACE_MS, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.stopParts(deadlineMs), deadline]);
    over.abort();
    const { redis } = this.parts.stores;
    if (redis.status !== 'end') redis.disconnect();
    this.setMode('stopped');
  }

  private async stopParts(deadlineMs: number): Promise<void> {
    const { lanes, capture, healing } = this.parts;
    healing.schedule.stop();
    healing.oplog.stop();
    healing.unsyncable.stop();
    await Promise.all([
      healing.reconciles.stop(),
      healing.consistency.stop(),
      healing.housekeeping.stop(),
      capture.stop(),
      ...Object.values(lanes).flatMap(({ consumer, trimmer }) => [
        consumer.stop({ deadlineMs }),
        trimmer.stop(),
      ]),
    ]);
  }

  private setMode(mode: EngineMode): void {
    this.currentMode = mode;
    this.settings.log.debug(`sync: ${mode}`);
  }
}

function deadLettersOf({ entities }: SyncEngineSettings, { stores }: EngineParts): SyncDeadLetters {
  const secretFields = [...new Set(entities.flatMap((entity) => entity.secretFields))];
  return new SyncDeadLetters(stores.redis, secretFields);
}

function historyOf(settings: SyncEngineSettings, { stores }: EngineParts): RecordHistory {
  const { mongo, database, tombstoneTtlMs } = settings;
  const { redis, conflicts } = stores;
  return new RecordHistory({ mongo, database, redis, conflicts, tombstoneTtlMs });
}

function laneHandles({ lanes, healing }: EngineParts): Record<Direction, LaneHandle> {
  const handleOf = (direction: Direction): LaneHandle => {
    const { consumer } = lanes[direction];
    return {
      direction,
      get mode() {
        return consumer.mode;
      },
      pause: () => consumer.pause(),
      resume: () => consumer.resume(),
      repair: () => healing.housekeeping.repairNow(direction),
    };
  };
  return Object.fromEntries(DIRECTIONS.map((direction) => [direction, handleOf(direction)])) as Record<
    Direction,
    LaneHandle
  >;
}
