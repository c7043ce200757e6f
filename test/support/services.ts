import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import {
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { USERS } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import type { SyncReport } from '@redis-mongo-sync/sync-engine';
import { eventually } from '@redis-mongo-sync/testing';
import { plainFields, plainOfBson, plainOfJson, UNPROMOTED, type PlainFields } from './plain-values.js';
import { ServiceProcess } from './service-process.js';

/** Of the services that tests start. */
export const ADMIN_TOKEN = 'a-token-for-tests-only';

export type Side = 'mongo-first' | 'redis-first';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The whole product as its users run it: four processes, a Redis and a MongoDB, reached over HTTP. */
export class Services {
  private constructor(
    readonly server: PrivateRedis,
    readonly mongo: PrivateMongo,
    readonly redis: Redis,
    readonly client: MongoClient,
    readonly users: ServiceProcess,
    readonly sync: ServiceProcess,
    readonly events: ServiceProcess,
    readonly gateway: ServiceProcess,
  ) {}

  /**
   * @param mongoMode `child`: MongoDB goes on while this process is busy with something else
   * @param settings of all services
   */
  static async start(
    mongoMode: 'shared' | 'child' = 'shared',
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Services> {
    const server = await startPrivateRedis({ appendonly: true });
    const mongo =
      mongoMode === 'child' ? await startPrivateMongo({ mode: 'child' }) : await startPrivateMongo();
    const env = {
      REDIS_URL: server.url,
      MONGODB_URI: mongo.uri,
      MONGODB_DATABASE: mongo.database,
      ADMIN_TOKEN,
      ...settings,
    };
    const [users, sync, events] = await Promise.all([
      ServiceProcess.start('user-service', env),
      ServiceProcess.start('sync-service', env),
      ServiceProcess.start('event-service', env),
    ]);
    const gateway = await ServiceProcess.start('api-gateway', {
      ...env,
      USER_SERVICE_URL: users.url,
      SYNC_SERVICE_URL: sync.url,
      EVENT_SERVICE_URL: events.url,
    });
    const redis = connect({ url: server.url, profile: 'commands' });
    const client = await MongoClient.connect(mongo.uri);
    return new Services(server, mongo, redis, client, users, sync, events, gateway);
  }

  get all(): readonly ServiceProcess[] {
    return [this.gateway, this.users, this.sync, this.events];
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.gateway.url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
    };
  }

  post(side: Side, body: unknown, query = ''): Promise<Answer> {
    return this.ask('POST', `/${side}/users${query}`, body);
  }

  get(side: Side, email: string): Promise<Answer> {
    return this.ask('GET', `/${side}/users/${encodeURIComponent(email)}`);
  }

  async metrics(): Promise<SyncReport> {
    return (await (await fetch(`${this.sync.url}/metrics`)).json()) as SyncReport;
  }

  /** Waits until nothing is under way and the ledger balances, and returns both stores' living users by e-mail. */
  async settled(
    timeoutMs = 60_000,
  ): Promise<{ mongo: Map<string, PlainFields>; redis: Map<string, PlainFields> }> {
    return eventually(
      async () => {
        const { directions, capture } = await this.metrics();
        for (const { inFlight, balanced, unread, pending } of Object.values(directions)) {
          deepStrictEqual(
            { inFlight, balanced, unread, pending },
            { inFlight: 0, balanced: true, unread: 0, pending: 0 },
          );
        }
        strictEqual(capture.mode, 'streaming');
        const stores = { mongo: await this.inMongo(), redis: await this.inRedis() };
        deepStrictEqual(differences(stores.mongo, stores.redis), []);
        return stores;
      },
      { timeoutMs, everyMs: 200 },
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((service) => service.end('SIGTERM')));
    this.redis.disconnect();
    await this.client.close();
    await this.mongo.stop();
    await this.server.stop();
  }

  private async inMongo(): Promise<Map<string, PlainFields>> {
    const users = this.client.db(this.mongo.database).collection('users');
    const documents = await users.find({}, { ...UNPROMOTED, projection: SHARED }).toArray();
    return new Map(
      documents.map((document) => [String(document.email), shown(plainFields(document, plainOfBson))]),
    );
  }

  private async inRedis(): Promise<Map<string, PlainFields>> {
    const keys = await this.redis.zrange('index:users', '0', '-1');
    const texts = keys.length === 0 ? [] : await this.redis.mget(keys.map((key) => `user:${key}`));
    const parsed = texts.map((text) => JSON.parse(text ?? 'null') as object | null);
    return new Map(keys.map((key, index) => [key, shown(plainFields(parsed[index] ?? {}, plainOfJson))]));
  }
}

/** What Redis may show; credentials never leave MongoDB. */
const SHARED = Object.fromEntries(['_id', ...USERS.secretFields].map((field) => [field, 0]));

/** Of the stamp, what both sides have. */
function shown({ _sync, ...fields }: PlainFields): PlainFields {
  const { version = null, source = null } = (_sync ?? {}) as PlainFields;
  return { ...fields, _sync: { version, source } };
}

/** E-mails whose record is not the same on both sides. */
function differences(a: Map<string, PlainFields>, b: Map<string, PlainFields>): string[] {
  const emails = new Set([...a.keys(), ...b.keys()]);
  return [...emails].filter((email) => !isDeepStrictEqual(a.get(email), b.get(email)));
}
