import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import type { ServerUrls } from '../services.js';
import type { DemoFlow } from './flow.js';

const POLL_MS = 2;
const READ_BLOCK_MS = 500;

export interface SightingRequest {
  readonly hop: DemoFlow['hops'][number];
  readonly stream: DemoFlow['stream'];
  readonly email: string;
  readonly signal: AbortSignal;
}

/** Looks straight into both stores, past the services, for the moment a record arrives there. */
export class Observer {
  readonly #redis: Redis;
  readonly #reader: Redis;
  readonly #mongo: MongoClient;
  readonly #database: string;

  constructor(servers: ServerUrls, database = process.env.MONGODB_DATABASE ?? 'redis_mongo_sync') {
    this.#redis = new Redis(servers.redisUrl);
    this.#reader = new Redis(servers.redisUrl);
    this.#mongo = new MongoClient(servers.mongoUri);
    this.#database = database;
  }

  /** Opens the connections and notes where the stream ends now: what follows is new. */
  async streamEnd(stream: string): Promise<string> {
    await Promise.all([this.#mongo.connect(), this.#reader.ping()]);
    const [last] = await this.#redis.xrevrange(stream, '+', '-', 'COUNT', 1);
    return last?.[0] ?? '0';
  }

  /** Resolves with `performance.now()` when the record is there; undefined when the signal came first. */
  async firstSight(request: SightingRequest, streamEnd: string): Promise<number | undefined> {
    let position = streamEnd;
    const looks = {
      mongo: () => this.#inMongo(request.email),
      redis: () => this.#inRedis(request.email),
      stream: async () => {
        const read = await this.#readStream(request.stream, position);
        position = read.position;
        return read.entries.some((fields) => fields.some((value) => value.includes(request.email)));
      },
    };
    while (!request.signal.aborted) {
      if (await looks[request.hop]()) return performance.now();
      if (request.hop !== 'stream') await delay(POLL_MS);
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
    this.#reader.disconnect();
    await this.#mongo.close();
  }

  async #inMongo(email: string): Promise<boolean> {
    return (await this.#mongo.db(this.#database).collection('users').findOne({ email })) !== null;
  }

  async #inRedis(email: string): Promise<boolean> {
    return (await this.#redis.exists(`user:${email}`)) === 1;
  }

  async #readStream(stream: string, position: string): Promise<{ position: string; entries: string[][] }> {
    const reply = await this.#reader.xread('BLOCK', READ_BLOCK_MS, 'STREAMS', stream, position);
    const entries = reply?.[0]?.[1] ?? [];
    return { position: entries.at(-1)?.[0] ?? position, entries: entries.map(([, fields]) => fields) };
  }
}
