import { randomUUID } from 'node:crypto';
import {
  DIRECTIONS,
  type ChangeDelivery,
  type Direction,
  type HeldRecord,
  type SettledDelivery,
} from '@redis-mongo-sync/sync-core';
import type { MongoStage } from '@redis-mongo-sync/sync-core/contracts';
import type { RedisStage } from '@redis-mongo-sync/sync-core/testing';
import { NO_OBSERVER } from '../checks/observer.js';
import { directLink } from '../engine/link.js';
import { SimWorld } from '../engine/sim-world.js';
import { SimRecords } from './mongo-ports.js';
import { SimJournal, SimProjections } from './redis-ports.js';
import { imageOf, imageOfTombstone } from './doc.js';
import { SimMongo } from './sim-mongo.js';
import { SimRedis } from './sim-redis.js';

/** The simulated Redis, for contract suites. */
export class SimRedisStage implements RedisStage {
  private readonly redis = new SimRedis(new SimWorld({ startMs: Date.now() }), NO_OBSERVER);
  readonly projections = new SimProjections(this.redis, directLink);
  readonly journal = new SimJournal(this.redis, directLink);

  reset(): Promise<void> {
    this.redis.flush();
    for (const direction of DIRECTIONS) this.redis.streams[direction].createGroup('start');
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  write(key: string, payload: string | null, changed?: readonly string[]): Promise<number> {
    const result = this.redis.write({
      key,
      payload,
      expected: 'any',
      operationId: randomUUID(),
      changed: changed ?? null,
    });
    if (result.outcome === 'conflict') throw new Error(`conflict on ${key}`);
    return Promise.resolve(result.version);
  }

  held(key: string): Promise<HeldRecord | null> {
    const held = this.redis.held.get(key);
    if (!held) return Promise.resolve(null);
    const { version, source, payload } = held;
    return Promise.resolve({ version, source, payload });
  }

  take(direction: Direction): Promise<readonly ChangeDelivery[]> {
    return Promise.resolve(this.redis.streams[direction].readNew('contract', Infinity, 0));
  }

  settleRedisWrite(delivery: ChangeDelivery): Promise<void> {
    this.redis.settle('redis-to-mongo', [{ delivery, outcome: 'applied' }]);
    return Promise.resolve();
  }

  ledger(direction: Direction) {
    const { captured, outcomes, pending, unread } = this.redis.streams[direction];
    return Promise.resolve({ captured, outcomes: { ...outcomes }, pending, unread });
  }

  inFlight(direction: Direction, key: string): Promise<number> {
    return Promise.resolve(this.redis.streams[direction].inFlight.get(key) ?? 0);
  }

  doubt(key: string): Promise<number> {
    return Promise.resolve(this.redis.doubts.get(key) ?? 0);
  }
}

/** The simulated Mongo, for contract suites. */
export function simMongoStage(): MongoStage {
  const mongo = new SimMongo(new SimWorld({ startMs: Date.now() }), NO_OBSERVER);
  const settled: SettledDelivery[] = [];
  const records = new SimRecords(mongo, directLink, (settlements) => {
    settled.push(...settlements);
    return Promise.resolve();
  });
  return {
    records,
    settled,
    put: ({ key, version, source, ...fields }) => {
      const stamp = version === null ? undefined : { version, source };
      const written = mongo.written({ fields: {}, bytes: {} }, { email: key, ...fields });
      mongo.put({ id: mongo.newId(), ...written, stamp }, { by: 'outsider' });
      return Promise.resolve();
    },
    bury: ({ key, version, source, ...owned }) => {
      mongo.bury({ key, version, source, owned });
      return Promise.resolve();
    },
    buried: (key) => Promise.resolve(mongo.tombstones.get(key)?.version ?? null),
    image: (key) => {
      const doc = mongo.at(key);
      const grave = mongo.tombstones.get(key);
      return Promise.resolve(doc ? imageOf(mongo.entity, doc) : grave && imageOfTombstone(grave));
    },
    close: () => Promise.resolve(),
  };
}
