import { applyToMongo, applyToRedis, captureChanges, payloadOf, type Delivery } from '#libs/sync-core';
import { Random } from './random.js';
import { SimMongo } from './sim-mongo.js';
import { SimRedis, type SimStream } from './sim-redis.js';
import { SimulatedCrash, SimWorld, THINGS, type Mutation } from './sim-world.js';

export interface RunOptions {
  readonly seed: number;
  readonly mutation?: Mutation;
  /** Whether people write into Mongo directly. Default true. */
  readonly outsiders?: boolean;
}

const MAX_QUIET_STEPS = 3_000;

/**
 * One random schedule of the real pipelines over simulated stores: writes on both sides, skewed clocks, reordered and
 * repeated deliveries, crashes at every wait; then quiet, and the question whether both stores are equal.
 *
 * @returns what went wrong, or null
 */
export async function simulate(options: RunOptions): Promise<string | null> {
  return new Run(options).execute();
}

class Run {
  private readonly random: Random;
  private readonly world: SimWorld;
  private readonly redis: SimRedis;
  private readonly mongo: SimMongo;
  private readonly keys: readonly string[];
  private readonly winners = new Map<string, { version: number; name: string | null }>();
  private readonly deposits = new Map<string, number>();
  private names = 0;

  constructor(private readonly options: RunOptions) {
    this.random = new Random(options.seed * 7919);
    this.world = new SimWorld(this.random, options.mutation ?? 'none');
    this.redis = new SimRedis(this.world);
    this.mongo = new SimMongo(this.world, (settlements) => {
      for (const { delivery } of settlements) this.redis.redisChanges.settle(delivery);
    });
    this.keys = ['a', 'b', 'c'].slice(0, 1 + this.random.below(3));
    this.world.interloper = () => this.write();
  }

  async execute(): Promise<string | null> {
    const steps = 5 + this.random.below(60);
    for (let step = 0; step < steps; step++) await this.step();
    this.world.faults = false;
    for (let quiet = 0; this.busy(); quiet++) {
      if (quiet > MAX_QUIET_STEPS) return 'never comes to rest';
      this.world.advance(1);
      await this.move();
    }
    return this.compare();
  }

  private async step(): Promise<void> {
    this.world.advance(this.random.chance(0.5) ? 0 : this.random.below(5));
    if (this.random.chance(0.5)) this.write();
    else await this.move();
  }

  /** One write by a client, or by somebody who does not know the rules. */
  private write(): void {
    const key = this.random.pick(this.keys);
    const name = `n${this.names++}`;
    switch (this.random.below(this.options.outsiders === false ? 7 : 9)) {
      case 0:
      case 1:
        return this.note(key, this.mongo.clientWrite(key, name), name);
      case 2:
      case 3:
        return this.note(key, this.redis.clientWrite(key, name), name);
      case 4:
        return this.note(key, this.mongo.clientDelete(key), null);
      case 5:
        return this.note(key, this.redis.clientDelete(key), null);
      case 6:
        return this.deposit(key);
      default:
        return this.outsider(key, name);
    }
  }

  private outsider(key: string, name: string): void {
    switch (this.random.below(4)) {
      case 0:
        return this.mongo.outsiderEdit(key, name);
      case 1:
        return this.mongo.outsiderReplace(key, name);
      case 2:
        return this.mongo.outsiderErase(key);
      default:
        return this.mongo.outsiderRestore(key);
    }
  }

  private deposit(key: string): void {
    const before = this.mongo.docs.get(key);
    const version = this.mongo.deposit(key);
    if (version === null) return;
    this.deposits.set(key, (this.deposits.get(key) ?? 0) + 1);
    this.note(key, version, before?.fields.name as string);
  }

  private note(key: string, version: number | null, name: string | null): void {
    if (version === null) return;
    const winner = this.winners.get(key);
    // Equal versions prefer Mongo; the simulation lets Mongo's clients write first in that case only by chance,
    // so equal versions are left to the comparison of the stores.
    if (!winner || version > winner.version) this.winners.set(key, { version, name });
  }

  private async move(): Promise<void> {
    try {
      switch (this.random.below(3)) {
        case 0:
          return await this.capture();
        case 1:
          return await this.deliver(this.redis.mongoChanges, (batch) =>
            applyToRedis(THINGS, batch, {
              projections: this.redis,
              authority: this.mongo,
              journal: this.redis,
            }),
          );
        default:
          return await this.deliver(this.redis.redisChanges, (batch) =>
            applyToMongo(THINGS, batch, {
              records: this.mongo,
              authority: this.mongo,
              journal: this.redis,
              conflicts: this.mongo,
            }),
          );
      }
    } catch (error) {
      if (!(error instanceof SimulatedCrash)) throw error;
    }
  }

  private async capture(): Promise<void> {
    const { mongo, redis } = this;
    const expected = redis.position === null ? null : { feed: redis.position };
    const { changes, position } = mongo.changesAfter(redis.position, 1 + this.random.below(3));
    await this.world.gap(); // the changes were looked up by now; publishing comes later
    await captureChanges(
      { changes, expected, next: { feed: position } },
      { journal: redis, authority: mongo },
    );
  }

  private async deliver(
    stream: SimStream,
    apply: (batch: readonly Delivery[]) => Promise<unknown>,
  ): Promise<void> {
    const waiting = [...stream.pending.values()];
    if (waiting.length === 0) return;
    const from = this.random.chance(0.6) ? 0 : this.random.below(waiting.length);
    const batch = waiting.slice(from, from + 1 + this.random.below(4));
    if (this.random.chance(0.2)) batch.reverse();
    if (this.world.mutation === 'ack-before-effect') for (const delivery of batch) stream.settle(delivery);
    await apply(batch);
  }

  private busy(): boolean {
    const { redis, mongo } = this;
    const captured = Number(redis.position ?? 0) === mongo.oplog.length;
    return !captured || redis.mongoChanges.pending.size + redis.redisChanges.pending.size > 0;
  }

  private compare(): string | null {
    if (this.world.violation) return this.world.violation;
    for (const key of this.keys) {
      const doc = this.mongo.docs.get(key);
      const held = this.redis.held.get(key);
      const inMongo = doc && !doc.deleted ? payloadOf(doc.fields) : null;
      const inRedis = held?.fields ? payloadOf(held.fields) : null;
      if (inMongo !== inRedis) return `${key}: Mongo has ${inMongo}, Redis has ${inRedis}`;
      if (inMongo !== null && doc?.version !== held?.version)
        return `${key}: versions ${doc?.version}, ${held?.version}`;
      const lost = this.options.outsiders === false ? this.lostWrite(key) : null;
      if (lost) return lost;
    }
    for (const stream of [this.redis.mongoChanges, this.redis.redisChanges]) {
      if (stream.captured !== stream.settled)
        return `books: ${stream.captured} captured, ${stream.settled} settled`;
      if (stream.flying.size > 0) return `in flight for ever: ${[...stream.flying.keys()].join(', ')}`;
    }
    return null;
  }

  /** Without outsiders the newest write of any client must stand, and every deposit. */
  private lostWrite(key: string): string | null {
    const winner = this.winners.get(key);
    const doc = this.mongo.docs.get(key);
    if (!winner || !doc) return null;
    if ((doc.version ?? 0) < winner.version) return `${key}: version ${winner.version} was lost`;
    if (
      doc.version === winner.version &&
      (doc.deleted ? null : doc.fields.name) !== winner.name &&
      doc.source === 'redis'
    ) {
      return `${key}: "${String(winner.name)}" was lost`;
    }
    const wallet = Number(doc.fields.wallet ?? 0);
    const deposits = this.deposits.get(key) ?? 0;
    return wallet === deposits ? null : `${key}: ${deposits} deposits, ${wallet} in the wallet`;
  }
}
