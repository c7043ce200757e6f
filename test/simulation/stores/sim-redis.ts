import {
  DIRECTIONS,
  changeEvent,
  decideIntoRedis,
  knownOnTop,
  skewMs,
  type CapturePosition,
  type ChangeEvent,
  type ChangeDelivery,
  type Direction,
  type EntityDefinition,
  type HeldRecord,
  type KnownVersions,
  type Publication,
  type PublishResult,
  type ProjectionResult,
  type RecordState,
  type SettledDelivery,
  type Stamp,
  type TieWrite,
  type VersionedContent,
} from '@redis-mongo-sync/sync-core';
import type { Observer } from '../checks/observer.js';
import { MAX_SKEW_MS, type SimWorld } from '../engine/sim-world.js';
import { heldOf, heldText, seenInRedis, stateOfHeld, type Held } from './held.js';
import { SimStream } from './sim-stream.js';

export interface RedisWrite {
  readonly key: string;
  readonly payload: string | null;
  /** Condition on the living record: its version, or its whole stamp – two stores may give a version twice. */
  readonly expected: 'any' | 'absent' | 'exists' | number | Stamp;
  readonly operationId: string;
  /** The fields that it sets or removes; `null`: all. */
  readonly changed: readonly string[] | null;
}

export type RedisWriteResult =
  | { readonly outcome: 'written'; readonly version: number; readonly created: boolean }
  | { readonly outcome: 'conflict' };

/** More names than this are taken for all. */
const MAX_NAMES = 1_000;

/** Redis: what it holds, and the scripts of `sync-adapters`, each of them one atomic step. */
export class SimRedis {
  readonly held = new Map<string, Held>();
  /** The index of living keys. */
  readonly index = new Set<string>();
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

  get entity(): EntityDefinition {
    return this.world.entity;
  }

  state(key: string): RecordState {
    return stateOfHeld(this.entity, key, this.held.get(key));
  }

  // ——— write-record.lua

  write({ key, payload, expected, operationId, changed }: RedisWrite): RedisWriteResult {
    const remembered = this.operations.get(operationId);
    if (remembered) return remembered;
    const current = this.held.get(key);
    const live = current?.payload != null && this.state(key).state === 'live';
    const met =
      expected === 'any' ||
      (expected === 'absent' && !live) ||
      (expected === 'exists' && live) ||
      (live && expected === current.version) ||
      (live && isStamp(expected, current));
    if (!met) return { outcome: 'conflict' };
    const before = seenInRedis(this.entity, key, current);
    const version = this.emit(key, payload, changed);
    this.observer.clientWrote({ ...this.after(key), key, before });
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
      // A version that nobody will apply must not raise what comes after it.
      const isFuture = skewMs(event.version, this.world.now) > MAX_SKEW_MS;
      if (isFuture && this.world.mutation !== 'future-in-flight') continue;
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

  apply(deliveries: readonly (ChangeDelivery & Partial<TieWrite>)[]): ProjectionResult[] {
    return deliveries.map((delivery) => this.applyOne(delivery, this.held.get(delivery.event.key)));
  }

  /** With `over`, it is written at equal version, too, if that text is still there. */
  applyOne(
    { over, ...delivery }: ChangeDelivery & Partial<TieWrite>,
    held: Held | undefined,
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
        const isSame = over === seen.text || (over !== undefined && mutation === 'tie-without-compare');
        if (isSame) return this.project(delivery, seen);
        if (mutation === 'ignore-ties') return this.recognise(delivery);
        const source = mutation === 'tie-taken-for-an-edit' ? 'mongo' : seen.source;
        const { version, payload, text } = seen;
        return { decision, settled: false, held: { version, source, payload, text } };
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
    if (!held || held.isForeign || held.version !== version) return;
    const before = seenInRedis(this.entity, key, held);
    this.emit(key, held.payload, null, this.world.mutation === 're-emission-knows-all' ? held.version : 0);
    if (before) this.observer.derived({ ...this.after(key), key, before }, [before]);
  }

  // ——— re-emit.lua

  reEmit(key: string): void {
    const stream = this.streams['redis-to-mongo'];
    if (!stream.inFlight.has(key)) return;
    const held = this.held.get(key);
    if (held?.source !== 'redis' || held.isForeign) {
      stream.landAll(key);
      return;
    }
    if (this.world.mutation === 're-emitted-as-new') return void this.emit(key, held.payload, null);
    const known = knownOnTop(held, stream.known.get(key));
    this.toStream(key, held, { base: held.version - 1, known, changed: stream.changed.get(key) ?? null });
  }

  // ——— what outsiders do to it

  /** `DEL` of the record, or of the tombstone. */
  drop(key: string): boolean {
    this.world.writes += 1;
    return this.held.delete(key);
  }

  /** `SET` of the record. */
  overwrite(key: string, text: string): void {
    this.world.writes += 1;
    this.held.set(key, heldText(text));
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
    this.observer.wiped();
    this.held.clear();
    this.index.clear();
    this.position = null;
    this.lease = null;
    this.doubts.clear();
    this.processed.clear();
    this.operations.clear();
    for (const direction of DIRECTIONS) this.streams[direction].wipe();
  }

  private project(delivery: ChangeDelivery, before: Held | undefined): ProjectionResult {
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

  /** @param known of a re-emission: up to where it claims to have seen what Mongo has */
  private emit(key: string, payload: string | null, own: readonly string[] | null, claims?: number): number {
    const before = this.held.get(key);
    const trusted = before && !before.isForeign ? before : null;
    const stream = this.streams['redis-to-mongo'];
    const base = claims ?? trusted?.version ?? 0;
    const known = claims ?? knownOnTop(trusted, stream.known.get(key));
    const changed = this.changedWith(key, trusted, own);
    const version = this.world.nextVersion('redis', trusted?.version ?? 0);
    this.put(key, { version, source: 'redis', payload });
    this.toStream(key, { version, payload }, { base, known, changed });
    stream.putInFlight(key, version);
    stream.known.set(key, known);
    stream.changed.set(key, changed);
    return version;
  }

  /** The fields that a write changes, together with those of the writes in flight that it is made on top of. */
  private changedWith(
    key: string,
    held: Held | null,
    own: readonly string[] | null,
  ): readonly string[] | null {
    const stream = this.streams['redis-to-mongo'];
    const isOnTop = held?.source === 'redis' && stream.inFlight.has(key);
    if (!isOnTop || this.world.mutation === 'changed-not-accumulated') return own;
    const inFlight = stream.changed.get(key);
    const all = own && inFlight ? [...new Set([...inFlight, ...own])] : null;
    return all && all.length > MAX_NAMES ? null : all;
  }

  private toStream(
    key: string,
    write: Pick<HeldRecord, 'version' | 'payload'>,
    { base, known, changed }: { base: number; known: number; changed: readonly string[] | null },
  ): void {
    const { version, payload } = write;
    const event = changeEvent('redis', {
      entity: this.entity.name,
      key,
      source: 'redis',
      version,
      payload,
      ...(this.world.mutation === 'base-ignored' ? {} : { base, ...(known === base ? {} : { known }) }),
      ...(changed && payload !== null ? { changed } : {}),
    });
    this.world.writes += 1;
    this.observer.emitted('redis-to-mongo', event);
    this.streams['redis-to-mongo'].add(event);
  }

  private put(key: string, record: HeldRecord): void {
    this.world.writes += 1;
    const held = heldOf(record);
    this.observer.redisHolds(key, this.held.get(key) ?? null, held);
    if (held.payload === null && this.world.mutation === 'no-tombstones') this.held.delete(key);
    else this.held.set(key, held);
    if (held.payload === null) this.index.delete(key);
    else this.index.add(key);
  }

  private after(key: string) {
    const seen = seenInRedis(this.entity, key, this.held.get(key));
    if (!seen) throw new Error('written, and not there');
    return seen;
  }
}

function isStamp(expected: RedisWrite['expected'], held: Stamp): boolean {
  return typeof expected === 'object' && expected.version === held.version && expected.source === held.source;
}

function contentOf({ version, payload }: Pick<HeldRecord, 'version' | 'payload'>): VersionedContent {
  return { version, content: payload };
}

function positionText({ feed, snapshot }: CapturePosition): string {
  return snapshot ? JSON.stringify({ feed, snapshot }) : JSON.stringify({ feed });
}
