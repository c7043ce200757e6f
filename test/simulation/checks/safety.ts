import {
  canonicalJson,
  DIRECTIONS,
  isVersion,
  eventIdOf,
  skewMs,
  type ChangeEvent,
  type Direction,
  type HeldRecord,
  type Stamp,
} from '@redis-mongo-sync/sync-core';
import { MAX_SKEW_MS, type SimWorld } from '../engine/sim-world.js';
import type { Doc, Tombstone } from '../stores/doc.js';
import type { SimMongo } from '../stores/sim-mongo.js';
import { SECRET } from '../stores/sim-mongo-store.js';
import type { SimRedis } from '../stores/sim-redis.js';
import { History } from './history.js';
import type { ExecutedWrite, Observer, Writing } from './observer.js';

/** What must never happen, whatever happens: looked at as the stores write, and after every step. */
export class Safety implements Observer {
  readonly history = new History();
  /** How many comparisons were made. */
  checks = 0;
  /** Keys that outsiders changed in Redis: what is there says nothing of what was captured. */
  readonly tampered = new Set<string>();
  private redis: SimRedis | null = null;
  private mongo: SimMongo | null = null;
  private checkedAt = -1;
  private isWiped = false;
  /** Ids of events by which Redis gave its record a new version. */
  private readonly reEmissions = new Set<string>();
  /** By the id of a Redis write's event: what it says to have changed (`null`: all). */
  private readonly named = new Map<string, readonly string[] | null>();

  constructor(
    private readonly world: SimWorld,
    private readonly outsiders: boolean,
  ) {}

  watch(redis: SimRedis, mongo: SimMongo): void {
    this.redis = redis;
    this.mongo = mongo;
  }

  // ——— as it happens

  redisHolds(key: string, before: HeldRecord | null, after: HeldRecord): void {
    this.checks += 1;
    if (before && after.version < before.version)
      this.world.violated(`I3: Redis went back from ${before.version} to ${after.version} on ${key}`);
    if (after.payload?.includes(SECRET)) this.world.violated(`I17: a secret of ${key} reached Redis`);
  }

  mongoHolds(before: Doc | null, after: Doc, writing: Writing): void {
    this.checks += 1;
    const { key } = after;
    this.noteUnseenGrave(before, after, writing);
    if (writing.by === 'outsider' || before === null) return;
    if (writing.by === 'sync' && before.version === null)
      this.world.violated(`I8: an apply overwrote a document without a version on ${key}`);
    if ((after.version ?? 0) <= (before.version ?? 0)) {
      const rule = writing.by === 'sync' ? 'I7: an apply' : `I16: a write of a ${writing.by}`;
      this.world.violated(`${rule} put ${after.version} over ${before.version} on ${key}`);
    }
    if (writing.by === 'sync' && before.fields.wallet !== after.fields.wallet)
      this.world.violated(`I17: an apply changed the wallet of ${key}`);
    if (writing.by === 'stamp') this.checkStamped(before);
    if (writing.by === 'sync' && !isSameContent(before, after)) this.checkKept(before, writing);
    if (writing.by === 'sync' || writing.by === 'stamp') this.checkBytes(before, after, writing);
  }

  mongoBuried(before: Tombstone | null, after: Tombstone): void {
    this.checks += 1;
    if (before && after.version < before.version)
      this.world.violated(
        `I5: the tombstone of ${after.key} went back from ${before.version} to ${after.version}`,
      );
  }

  emitted(direction: Direction, event: ChangeEvent): void {
    this.checks += 1;
    if (direction === 'redis-to-mongo' && event.source !== 'redis')
      this.world.violated(`I6: ${event.eventId} came from Mongo and was sent back`);
    if (!isVersion(event.version))
      this.world.violated(`I8: ${String(event.version)} of ${event.key} is no version`);
    if (direction === 'redis-to-mongo') this.named.set(event.eventId, event.changed ?? null);
    if (event.payload?.includes(SECRET)) this.world.violated(`I17: a secret of ${event.key} is on a stream`);
  }

  clientWrote(write: ExecutedWrite, also?: Stamp): void {
    this.history.add(write, also);
  }

  derived(write: ExecutedWrite, builtOn: readonly Stamp[]): void {
    this.history.addDerived(write, builtOn);
    if (write.source !== 'redis') return;
    if (!this.outsiders) this.world.happened('reEmitAnew');
    this.reEmissions.add(eventIdOf('redis', write.key, write.version));
    this.checkMoved(write.key);
  }

  tookBack(key: string, stamp: Stamp): void {
    this.history.undo(key, stamp);
  }

  deposited(account: string): void {
    this.history.deposited(account);
  }

  wiped(): void {
    this.isWiped = true;
    if (this.mongo) this.history.wiped(this.mongo);
  }

  // ——— after every step

  check(): void {
    if (this.checkedAt === this.world.writes || this.world.violation) return;
    this.checkedAt = this.world.writes;
    const { redis, mongo } = this;
    if (!redis || !mongo) return;
    this.checkLedgers(redis);
    this.checkHandedOver(redis, mongo);
    this.checkRedisFirst(redis, mongo);
  }

  /**
   * An insert is no transaction: it may come to lie beside a tombstone that it was not compared with. Mostly it is taken back.
   * If it can't be – its sender is gone, or a client has written into the record – the stores end equal, and no more is
   * promised of the record.
   */
  private noteUnseenGrave(before: Doc | null, { key, version }: Doc, writing: Writing): void {
    const grave = this.mongo?.tombstones.get(key ?? '');
    if (!grave) return;
    const isBelow = writing.by === 'client' && before !== null && grave.version > (version ?? 0);
    const isInsert = before === null && (writing.by === 'sync' || writing.by === 'client');
    const isUnseen = isInsert && grave.version !== writing.grave;
    if (!isBelow && !isUnseen) return;
    this.world.happened(isBelow ? 'write into a record that came back' : 'insert beside an unseen tombstone');
    this.history.excuse(grave.key);
  }

  /** Without outsiders nobody edits a document without moving its version: two clients' tie is no edit. */
  private checkStamped({ id, key, version }: Doc): void {
    // A wiped Redis may give a version twice.
    const isByClients = !this.outsiders && !this.isWiped && this.world.entity.conflict === 'last-write-wins';
    const isMoved = this.mongo?.renamed.has(id) === true || this.mongo?.tombstones.has(key ?? '') === true;
    if (isByClients && version !== null && !isMoved)
      this.world.violated(`I7: ${key} at ${version} was stamped as if an outsider had edited it`);
  }

  /** A document that has another key is no older state of the record that had it: it is stamped before it is passed. */
  private checkMoved(key: string): void {
    const doc = this.mongo?.at(key);
    const movedAt = doc && this.mongo?.movedAt.get(doc.id);
    if (movedAt === undefined || this.tampered.has(key)) return;
    const position = JSON.parse(this.redis?.position ?? 'null') as { feed: string } | null;
    if (position && Number(position.feed) > movedAt)
      this.world.violated(`I8: a document that took the key ${key} was taken for one that was set back`);
  }

  /** What a re-emission overwrites may be a restored state that nobody has seen. */
  private checkKept({ key, version, source }: Doc, { event }: Extract<Writing, { by: 'sync' }>): void {
    if (!this.reEmissions.has(event.eventId) || this.tampered.has(key ?? '')) return;
    const isKept = [...(this.mongo?.conflicts.values() ?? [])].some(
      ({ loser, winner }) => isStamp(loser, version, source) || isStamp(winner, version, source),
    );
    if (!isKept)
      this.world.violated(`I19: ${version} of ${key} was overwritten by a re-emission, and not kept`);
  }

  /** A document keeps what nobody changed: a write of the sync touches what differs, and what the event names. */
  private checkBytes(before: Doc, after: Doc, writing: Extract<Writing, { by: 'sync' | 'stamp' }>): void {
    const named = writing.by === 'sync' ? this.named.get(writing.event.eventId) : [];
    // What outsiders did to Redis may have given a version twice.
    if (this.tampered.has(after.key ?? '')) return;
    // What was kept in the conflict log may be overwritten as a whole.
    const isWhole = named === null || (writing.by === 'sync' && writing.over !== undefined);
    for (const field of Object.keys({ ...before.bytes, ...after.bytes })) {
      if (before.bytes[field] === after.bytes[field]) continue;
      const isEqual = JSON.stringify(before.fields[field]) === JSON.stringify(after.fields[field]);
      if (isEqual || !(isWhole || named?.includes(field)))
        this.world.violated(`I24: ${field} of ${after.key} was written anew, and nobody had changed it`);
    }
  }

  private checkLedgers(redis: SimRedis): void {
    for (const direction of DIRECTIONS) {
      const stream = redis.streams[direction];
      if (stream.damaged) continue;
      this.checks += 1;
      if (stream.missing !== 0)
        this.world.violated(`I18: ${stream.missing} entries of ${direction} are missing`);
    }
  }

  /** What lies before the capture position is in flight to Redis, or there. */
  private checkHandedOver(redis: SimRedis, mongo: SimMongo): void {
    const position = redis.position && (JSON.parse(redis.position) as { feed: string; snapshot?: unknown });
    if (!position || position.snapshot) return;
    const feed = Number(position.feed);
    const passed = (id: string) => (mongo.changedAt.get(id) ?? 0) < feed;
    for (const { id, key, version } of mongo.docs.values()) {
      if (key === null || !passed(id)) continue;
      if (version === null) this.world.violated(`I8: the position passed ${key}, which has no version`);
      else this.checkOnItsWay(redis, key, version);
    }
    for (const { key, version } of mongo.tombstones.values()) {
      if (passed(key)) this.checkOnItsWay(redis, key, version);
    }
  }

  private checkOnItsWay(redis: SimRedis, key: string, version: number): void {
    this.checks += 1;
    if (this.tampered.has(key) || skewMs(version, this.world.now) > MAX_SKEW_MS) return;
    const inFlight = redis.streams['mongo-to-redis'].inFlight.get(key) ?? 0;
    if (Math.max(redis.held.get(key)?.version ?? 0, inFlight) < version)
      this.world.violated(`C7: the position passed ${key} at ${version}, which is not on its way to Redis`);
  }

  /** What a client wrote into Redis is in flight to Mongo, or there; or was, where outsiders set Mongo back. */
  private checkRedisFirst(redis: SimRedis, mongo: SimMongo): void {
    const { inFlight } = redis.streams['redis-to-mongo'];
    for (const [key, { version, source }] of redis.held) {
      if (source !== 'redis' || this.tampered.has(key)) continue;
      this.checks += 1;
      const there = Math.max(mongo.at(key)?.version ?? 0, mongo.tombstones.get(key)?.version ?? 0);
      const arrived = this.outsiders ? (mongo.reached.get(key) ?? 0) : there;
      if (Math.max(arrived, inFlight.get(key) ?? 0) < version)
        this.world.violated(`I12: ${key} at ${version} is not on its way to Mongo`);
    }
  }
}

function isSameContent(before: Doc, after: Doc): boolean {
  return canonicalJson(before.fields) === canonicalJson(after.fields);
}

function isStamp(
  side: { readonly version: number | null; readonly source: string },
  version: number | null,
  source: string,
) {
  return side.version === version && side.source === source;
}
