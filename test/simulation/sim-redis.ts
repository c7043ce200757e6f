import {
  decide,
  eventIdOf,
  payloadOf,
  pickFields,
  type CaptureJournal,
  type ChangeEvent,
  type Delivery,
  type EntityDefinition,
  type JsonObject,
  type KnownVersions,
  type Publication,
  type PublishResult,
  type ProjectionResult,
  type ProjectionTarget,
  type Settlement,
  type Stamp,
} from '#libs/sync-core';
import { THINGS, type SimWorld } from './sim-world.js';

interface Held extends Stamp {
  /** Null: a tombstone. */
  readonly fields: JsonObject | null;
}

/** A stream with one consumer group: entries stay until they are settled. */
export class SimStream {
  readonly pending = new Map<string, Delivery>();
  readonly flying = new Map<string, number>();
  /** What the newest write in flight knew of Mongo. */
  readonly known = new Map<string, number>();
  captured = 0;
  settled = 0;

  add(event: ChangeEvent): void {
    this.captured += 1;
    const entryId = `${this.captured}-0`;
    this.pending.set(entryId, { entryId, event });
    this.flying.set(event.key, Math.max(event.version, this.flying.get(event.key) ?? 0));
  }

  settle({ entryId, event }: Delivery): void {
    if (this.pending.delete(entryId)) this.settled += 1;
    if ((this.flying.get(event.key) ?? Infinity) <= event.version) {
      this.flying.delete(event.key);
      this.known.delete(event.key);
    }
  }
}

/** Redis: projections, tombstones, both streams. Scripts are atomic: what they do has no gap inside. */
export class SimRedis implements ProjectionTarget, Pick<CaptureJournal, 'known' | 'publish'> {
  readonly held = new Map<string, Held>();
  readonly mongoChanges = new SimStream();
  readonly redisChanges = new SimStream();
  position: string | null = null;

  constructor(private readonly world: SimWorld) {}

  clientWrite(key: string, name: string): number {
    const owned = pickFields(this.held.get(key)?.fields ?? {}, (field) => field === 'wallet');
    return this.emit(key, { ...owned, key, name });
  }

  clientDelete(key: string): number | null {
    return this.held.get(key)?.fields ? this.emit(key, null) : null;
  }

  async known(_entity: EntityDefinition, keys: readonly string[]): Promise<readonly KnownVersions[]> {
    await this.world.gap();
    return keys.map((key) => ({
      held: this.held.get(key)?.version ?? 0,
      flying: this.mongoChanges.flying.get(key) ?? 0,
    }));
  }

  /** Events and position in one step; the position is the number of oplog entries taken. */
  async publish({ expected, next, events }: Publication): Promise<PublishResult> {
    await this.world.gap();
    if ((expected?.feed ?? null) !== this.position) return { outcome: 'fenced' };
    const indices = events.flatMap((event, index) =>
      event.version < (this.mongoChanges.flying.get(event.key) ?? 0) ? [index] : [],
    );
    if (indices.length > 0 && this.world.mutation !== 'no-set-back-at-capture')
      return { outcome: 'set-back', indices };
    this.position = next.feed;
    for (const event of events) {
      if (this.world.mutation === 'drop-echoes-by-origin' && event.source === 'redis') continue;
      this.mongoChanges.add(event);
    }
    return { outcome: 'published' };
  }

  async apply(
    _entity: EntityDefinition,
    deliveries: readonly Delivery[],
    mode: 'compare' | 'merge' = 'compare',
  ): Promise<readonly ProjectionResult[]> {
    await this.world.gap();
    const results: ProjectionResult[] = [];
    for (const delivery of deliveries) {
      // Left out: compare and write as one step.
      const seen = this.held.get(delivery.event.key);
      if (this.world.mutation === 'non-atomic-compare') await this.world.gap();
      results.push(this.applyOne(delivery, mode, seen));
    }
    return results;
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    await this.world.gap();
    for (const { delivery } of settlements) this.mongoChanges.settle(delivery);
  }

  async reissue(_entity: EntityDefinition, key: string, version: number): Promise<void> {
    await this.world.gap();
    const held = this.held.get(key);
    if (held?.version === version) this.emit(key, held.fields);
  }

  resend(): Promise<void> {
    return Promise.resolve(); // no stream is lost here
  }

  private applyOne(delivery: Delivery, mode: 'compare' | 'merge', seen: Held | undefined): ProjectionResult {
    const { event } = delivery;
    const current = seen ? { ...seen, content: seen.fields && payloadOf(seen.fields) } : null;
    const verdict = decide('redis', { ...event, content: event.payload }, current);
    const stamp: Stamp = { version: seen?.version ?? 0, source: seen?.source ?? 'redis' };
    if (verdict === 'apply' || (verdict === 'merge' && mode === 'merge')) {
      this.put(event.key, {
        version: event.version,
        source: event.source,
        fields: event.payload === null ? null : (JSON.parse(event.payload) as JsonObject),
      });
      this.mongoChanges.settle(delivery);
      return { verdict: 'apply', settled: true, before: seen ? stamp : null };
    }
    if (verdict === 'same' || (verdict === 'merge' && this.world.mutation === 'ignore-ties')) {
      this.mongoChanges.settle(delivery);
      return { verdict: 'echo', settled: true };
    }
    if (verdict === 'stale') {
      const onItsWay = (this.redisChanges.flying.get(event.key) ?? 0) >= stamp.version;
      const settled = onItsWay || this.world.mutation === 'no-set-back-check';
      if (settled) this.mongoChanges.settle(delivery);
      return { verdict, settled, winner: stamp };
    }
    return { verdict: 'merge', settled: false, stored: current?.content ?? null, source: stamp.source };
  }

  private emit(key: string, fields: JsonObject | null): number {
    const before = this.held.get(key);
    const base = before?.version ?? 0;
    const known = before?.source === 'redis' ? (this.redisChanges.known.get(key) ?? base - 1) : base;
    const version = this.world.nextVersion('redis', base);
    this.put(key, { version, source: 'redis', fields });
    this.redisChanges.add({
      eventId: eventIdOf('redis', key, version),
      entity: THINGS.name,
      key,
      op: fields ? 'upsert' : 'delete',
      source: 'redis',
      base,
      ...(known === base ? {} : { known }),
      version,
      payload: fields && payloadOf(fields),
    });
    this.redisChanges.known.set(key, known);
    return version;
  }

  private put(key: string, held: Held): void {
    const before = this.held.get(key)?.version ?? 0;
    if (held.version < before)
      this.world.violated(`I3: Redis went back from ${before} to ${held.version} on ${key}`);
    if (held.fields === null && this.world.mutation === 'no-tombstones') this.held.delete(key);
    else this.held.set(key, held);
  }
}
