import {
  DIRECTIONS,
  changeEvent,
  decideIntoRedis,
  knownOnTop,
  USERS,
  type CapturePosition,
  type ChangeEvent,
  type ChangeDelivery,
  type Direction,
  type HeldRecord,
  type KnownVersions,
  type Publication,
  type PublishResult,
  type ProjectionResult,
  type SettledDelivery,
  type VersionedContent,
} from '@redis-mongo-sync/sync-core';
import type { Observer } from '../checks/observer.js';
import type { SimWorld } from '../engine/sim-world.js';
import { SimStream } from './sim-stream.js';

export interface RedisWrite {
  readonly key: string;
  readonly payload: string | null;
  /** Condition on the living record; a number is its version. */
  readonly expected: 'any' | 'absent' | 'exists' | number;
  readonly operationId: string;
}

export type RedisWriteResult =
  | { readonly outcome: 'written'; readonly version: number; readonly created: boolean }
  | { readonly outcome: 'conflict' };

/** Redis: what it holds, and the scripts of `sync-adapters`, each of them one atomic step. */
export class SimRedis {
  readonly held = new Map<string, HeldRecord>();
  readonly streams: Readonly<Record<Direction, SimStream>>;
  position: string | null = null;
  /** By key: the version that was held when an older image was settled because a newer write was in flight. */
  readonly doubts = new Map<string, number>();
  private readonly processed = new Set<string>();
  private readonly operations = new Map<string, RedisWriteResult>();
  private lease: { holder: string; until: number } | null = null;

  constructor(
    private readonly world: SimWorld,
    private readonly observer: Observer,
  ) {
    const rules = {
      noInFlight: world.mutation === 'no-in-flight-index',
      noLedger: world.mutation === 'settle-without-ledger',
    };
    this.streams = { 'mongo-to-redis': new SimStream(rules), 'redis-to-mongo': new SimStream(rules) };
  }

  // ——— write-record.lua

  write({ key, payload, expected, operationId }: RedisWrite): RedisWriteResult {
    const remembered = this.operations.get(operationId);
    if (remembered) return remembered;
    const current = this.held.get(key);
    const live = current?.payload != null;
    const met =
      expected === 'any' ||
      (expected === 'absent' && !live) ||
      (expected === 'exists' && live) ||
      (live && expected === current.version);
    if (!met) return { outcome: 'conflict' };
    const version = this.emit(key, payload);
    this.observer.clientWrote('redis', { key, version, payload, before: current ?? null });
    const result: RedisWriteResult = { outcome: 'written', version, created: !live };
    this.operations.set(operationId, result);
    return result;
  }

  // ——— publish-captured.lua

  publish({ expected, next, events }: Publication): PublishResult {
    const from = expected && positionText(expected);
    const to = positionText(next);
    if (this.position !== from && this.world.mutation !== 'no-fencing') {
      return { outcome: this.position === to ? 'published' : 'fenced' };
    }
    const { inFlight } = this.streams['mongo-to-redis'];
    const indices = events.flatMap(({ key, version }, index) =>
      version < (inFlight.get(key) ?? 0) ? [index] : [],
    );
    if (indices.length > 0 && this.world.mutation !== 'no-set-back-at-capture')
      return { outcome: 'set-back', indices };
    this.append(events);
    this.position = to;
    return { outcome: 'published' };
  }

  /** Adds events without moving the position. */
  append(events: readonly ChangeEvent[]): void {
    const stream = this.streams['mongo-to-redis'];
    for (const event of events) {
      if (this.world.mutation === 'drop-echoes-by-origin' && event.source === 'redis') continue;
      this.world.writes += 1;
      this.observer.emitted('mongo-to-redis', event);
      stream.add(event);
      if (event.version > (stream.inFlight.get(event.key) ?? 0)) stream.putInFlight(event.key, event.version);
    }
  }

  // ——— read-known-versions.lua

  known(keys: readonly string[]): KnownVersions[] {
    return keys.map((key) => ({
      held: this.held.get(key)?.version ?? 0,
      inFlight: this.streams['mongo-to-redis'].inFlight.get(key) ?? 0,
    }));
  }

  // ——— apply-batch.lua

  apply(deliveries: readonly ChangeDelivery[], mode: 'compare' | 'merge'): ProjectionResult[] {
    return deliveries.map((delivery) => this.applyOne(delivery, mode, this.held.get(delivery.event.key)));
  }

  applyOne(
    delivery: ChangeDelivery,
    mode: 'compare' | 'merge',
    held: HeldRecord | undefined,
  ): ProjectionResult {
    const { event } = delivery;
    const { mutation } = this.world;
    const seen = mutation === 'tombstone-not-compared' && held?.payload === null ? undefined : held;
    const decision = decideIntoRedis(contentOf(event), seen ? contentOf(seen) : null);
    if (!seen || decision === 'apply') return this.project(delivery, seen);
    switch (decision) {
      case 'same':
        return this.recognise(delivery);
      case 'stale': {
        const { version, source } = seen;
        const inFlight = (this.streams['redis-to-mongo'].inFlight.get(event.key) ?? 0) >= version;
        const settled = inFlight || mutation === 'no-set-back-check';
        if (settled) this.settleIn('mongo-to-redis', { delivery, outcome: 'stale' });
        if (inFlight && mutation !== 'doubts-ignored') this.doubts.set(event.key, version);
        return { decision, settled, winner: { version, source } };
      }
      case 'merge': {
        if (mode === 'merge') return this.project(delivery, seen);
        if (mutation === 'ignore-ties') return this.recognise(delivery);
        const source = mutation === 'tie-taken-for-an-edit' ? 'mongo' : seen.source;
        return { decision, settled: false, held: { ...seen, source } };
      }
    }
  }

  // ——— settle-batch.lua

  settle(direction: Direction, settlements: readonly SettledDelivery[]): void {
    for (const settlement of settlements) this.settleIn(direction, settlement);
  }

  // ——— re-emit-anew.lua

  reEmitAnew(key: string, version: number): void {
    const held = this.held.get(key);
    if (held?.version !== version) return;
    const next = this.emit(key, held.payload);
    this.observer.reEmitted({ key, version: next, payload: held.payload, before: held });
  }

  // ——— re-emit.lua

  reEmit(key: string): void {
    const stream = this.streams['redis-to-mongo'];
    if (!stream.inFlight.has(key)) return;
    const held = this.held.get(key);
    if (held?.source !== 'redis') {
      stream.inFlight.delete(key);
      stream.known.delete(key);
      return;
    }
    if (this.world.mutation === 're-emitted-as-new') return void this.reEmitAnew(key, held.version);
    this.toStream(key, held, held.version - 1, knownOnTop(held, stream.known.get(key)));
  }

  // ——— hold-lease.lua, release-lease.lua

  holdLease(holder: string, ttlMs: number): boolean {
    const now = this.world.clockOf('redis');
    if (this.lease && this.lease.holder !== holder && this.lease.until > now) return false;
    if (this.lease && this.lease.holder !== holder) this.world.happened('capture deposed');
    this.lease = { holder, until: now + ttlMs };
    return true;
  }

  releaseLease(holder: string): void {
    if (this.lease?.holder === holder) this.lease = null;
  }

  // ——— FLUSHALL

  flush(): void {
    this.observer.wiped(this.held);
    this.held.clear();
    this.position = null;
    this.lease = null;
    this.doubts.clear();
    this.processed.clear();
    this.operations.clear();
    for (const direction of DIRECTIONS) this.streams[direction].wipe();
  }

  private project(delivery: ChangeDelivery, before: HeldRecord | undefined): ProjectionResult {
    const { key, version, source, payload } = delivery.event;
    this.put(key, { version, source, payload });
    this.settleIn('mongo-to-redis', { delivery, outcome: 'applied' });
    const stamp = before ? { version: before.version, source: before.source } : null;
    return { decision: 'apply', settled: true, before: stamp };
  }

  private recognise(delivery: ChangeDelivery): ProjectionResult {
    const repeated = delivery.event.source === 'mongo' || this.processed.has(delivery.event.eventId);
    const decision = repeated ? 'duplicate' : 'echo';
    this.settleIn('mongo-to-redis', { delivery, outcome: decision });
    return { decision, settled: true };
  }

  private settleIn(direction: Direction, settlement: SettledDelivery): void {
    this.world.writes += 1;
    this.streams[direction].settle(settlement);
    this.processed.add(settlement.delivery.event.eventId);
  }

  private emit(key: string, payload: string | null): number {
    const before = this.held.get(key) ?? null;
    const base = before?.version ?? 0;
    const stream = this.streams['redis-to-mongo'];
    const known = knownOnTop(before, stream.known.get(key));
    const version = this.world.nextVersion('redis', base);
    this.put(key, { version, source: 'redis', payload });
    this.toStream(key, { version, payload }, base, known);
    stream.putInFlight(key, version);
    stream.known.set(key, known);
    return version;
  }

  private toStream(
    key: string,
    write: Pick<HeldRecord, 'version' | 'payload'>,
    base: number,
    known: number,
  ): void {
    const { version, payload } = write;
    const event = changeEvent('redis', {
      entity: USERS.name,
      key,
      source: 'redis',
      version,
      payload,
      ...(this.world.mutation === 'base-ignored' ? {} : { base, known }),
    });
    this.world.writes += 1;
    this.observer.emitted('redis-to-mongo', event);
    this.streams['redis-to-mongo'].add(event);
  }

  private put(key: string, held: HeldRecord): void {
    this.world.writes += 1;
    this.observer.redisHolds(key, this.held.get(key) ?? null, held);
    if (held.payload === null && this.world.mutation === 'no-tombstones') this.held.delete(key);
    else this.held.set(key, held);
  }
}

function contentOf({ version, payload }: Pick<HeldRecord, 'version' | 'payload'>): VersionedContent {
  return { version, content: payload };
}

function positionText({ feed, snapshot }: CapturePosition): string {
  return snapshot ? JSON.stringify({ feed, snapshot }) : JSON.stringify({ feed });
}
