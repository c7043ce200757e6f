import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@redis-mongo-sync/testing';
import type { ChaosWorld } from '../world/chaos-world.js';
import { HttpClient } from './http-client.js';
import { OutsideClient } from './mongo-client.js';
import { OddClient } from './odd-client.js';
import { keys, operation, WALLETS, type Operation } from './operation.js';
import { RedisClient } from './redis-client.js';
import type { Told } from './told.js';

export interface LoadOptions {
  readonly seed: number;
  /** Writes per second. */
  readonly rate: number;
  readonly now: () => number;
  /** Changes whenever Redis has forgotten something. */
  readonly epoch: () => number;
}

const TICK_MS = 50;
/** Writes under way at most: behind a frozen store clients wait, as clients do. */
const MAX_UNDER_WAY = 200;

/** Steady mixed writes on both sides. */
export class Load {
  private readonly http: HttpClient;
  private readonly redis: RedisClient;
  private readonly outside: OutsideClient;
  private readonly odd: OddClient;
  private readonly underWay = new Set<Promise<void>>();
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    world: ChaosWorld,
    private readonly told: Told,
    private readonly options: LoadOptions,
  ) {
    this.http = new HttpClient(world.gatewayUrl, told, options.now);
    this.redis = new RedisClient(world.redis, told, options);
    this.outside = new OutsideClient(world.users, told);
    this.odd = new OddClient(world.users, told);
  }

  async start(): Promise<void> {
    await this.outside.open(Array.from({ length: WALLETS }, (_, n) => keys.wallet(n)));
    this.running = this.run();
  }

  /** Resolves when every write has its answer, or is given up. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    await Promise.all(this.underWay);
    await this.http.close();
  }

  private async run(): Promise<void> {
    const random = new Random(this.options.seed);
    let due = 0;
    let n = 0;
    while (!this.stopped) {
      due = Math.min(due + (this.options.rate * TICK_MS) / 1000, this.options.rate);
      for (; due >= 1 && this.underWay.size < MAX_UNDER_WAY; due--) this.begin(operation(random, n++));
      await sleep(TICK_MS);
    }
  }

  private begin(next: Operation): void {
    this.told.begin(next, this.options.now());
    const work = this.perform(next).finally(() => {
      this.told.ended.set(next.name, this.options.now());
      this.underWay.delete(work);
    });
    this.underWay.add(work);
  }

  private perform(next: Operation): Promise<void> {
    switch (next.via) {
      case 'mongo-first':
      case 'redis-first':
        return this.http.write(next);
      case 'fcall':
        return this.redis.write(next);
      case 'outsider':
        return this.outside.write(next);
      case 'odd':
        return this.odd.write(next);
      case 'wallet':
        return this.outside.pay(next);
    }
  }
}
