import { DIRECTIONS, type ChangeEvent, type Direction, type HeldRecord } from '@redis-mongo-sync/sync-core';
import type { SimWorld } from '../engine/sim-world.js';
import type { Doc, SimMongo, Writer } from '../stores/sim-mongo.js';
import { SECRET } from '../stores/record-stores.js';
import type { SimRedis } from '../stores/sim-redis.js';
import { History } from './history.js';
import type { ExecutedWrite, Observer } from './observer.js';

/** What must never happen, whatever happens: looked at as the stores write, and after every step. */
export class Safety implements Observer {
  readonly history = new History();
  /** How many comparisons were made. */
  checks = 0;
  private redis: SimRedis | null = null;
  private mongo: SimMongo | null = null;
  private checkedAt = -1;

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

  mongoHolds(before: Doc | null, after: Doc, writer: Writer): void {
    this.checks += 1;
    const { key } = after;
    if (writer === 'outsider' || before === null) return;
    if (writer === 'sync' && before.version === null)
      this.world.violated(`I8: an apply overwrote a document without a version on ${key}`);
    if ((after.version ?? 0) <= (before.version ?? 0)) {
      const rule = writer === 'sync' ? 'I7: an apply' : `I16: a write of a ${writer}`;
      this.world.violated(`${rule} put ${after.version} over ${before.version} on ${key}`);
    }
    if (writer === 'sync' && before.fields.wallet !== after.fields.wallet)
      this.world.violated(`I17: an apply changed the wallet of ${key}`);
  }

  emitted(direction: Direction, event: ChangeEvent): void {
    this.checks += 1;
    if (direction === 'redis-to-mongo' && event.source !== 'redis')
      this.world.violated(`I6: ${event.eventId} came from Mongo and was sent back`);
    if (event.payload?.includes(SECRET)) this.world.violated(`I17: a secret of ${event.key} is on a stream`);
  }

  clientWrote(store: 'mongo' | 'redis', write: ExecutedWrite): void {
    this.history.add(store, write);
  }

  reEmitted(_write: ExecutedWrite): void {
    if (!this.outsiders) this.world.happened('reEmitAnew');
  }

  deposited(id: string): void {
    this.history.deposited(id);
  }

  wiped(): void {
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
    const { inFlight } = redis.streams['mongo-to-redis'];
    for (const { id, key, version } of mongo.docs.values()) {
      if ((mongo.changedAt.get(id) ?? 0) >= feed) continue;
      this.checks += 1;
      if (version === null) this.world.violated(`I8: the position passed ${key}, which has no version`);
      else if (Math.max(redis.held.get(key)?.version ?? 0, inFlight.get(key) ?? 0) < version)
        this.world.violated(`C7: the position passed ${key} at ${version}, which is not on its way to Redis`);
    }
  }

  /** What a client wrote into Redis is in flight to Mongo, or there; or was, where outsiders set Mongo back. */
  private checkRedisFirst(redis: SimRedis, mongo: SimMongo): void {
    const { inFlight } = redis.streams['redis-to-mongo'];
    for (const [key, { version, source }] of redis.held) {
      if (source !== 'redis') continue;
      this.checks += 1;
      const arrived = this.outsiders ? mongo.reached.get(key) : mongo.byKey.get(key)?.version;
      if (Math.max(arrived ?? 0, inFlight.get(key) ?? 0) < version)
        this.world.violated(`I12: ${key} at ${version} is not on its way to Mongo`);
    }
  }
}
