import { randomUUID } from 'node:crypto';
import { startPrivateRedis, type PrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import {
  DIRECTIONS,
  parseEvent,
  parseRecord,
  USERS,
  type ChangeDelivery,
  type Direction,
  type HeldRecord,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { RedisStage } from '@redis-mongo-sync/sync-core/testing';
import { inFlightField, KEYS, SYNC_GROUP } from '../redis/keys.js';
import { RedisLedgers } from '../redis/redis-ledgers.js';
import { RedisCaptureJournal } from '../redis/redis-capture-journal.js';
import { RedisProjectionTarget } from '../redis/redis-projection-target.js';
import { StreamSettler } from '../redis/stream-settler.js';
import { writeRecord } from '../redis/write-record.js';

type Read = [stream: string, entries: [id: string, fields: string[]][]][];

/** A Redis server of its own with the real adapters. */
export async function startPrivateRedisStage(): Promise<RedisStage> {
  const server = await startPrivateRedis();
  return new PrivateRedisStage(server, connect({ url: server.url, profile: 'commands' }));
}

class PrivateRedisStage implements RedisStage {
  readonly projections: RedisProjectionTarget;
  readonly journal: RedisCaptureJournal;
  private readonly ledgers: RedisLedgers;

  constructor(
    private readonly server: PrivateRedis,
    private readonly redis: Redis,
  ) {
    this.projections = new RedisProjectionTarget(redis);
    this.journal = new RedisCaptureJournal(redis);
    this.ledgers = new RedisLedgers(redis);
  }

  async reset(): Promise<void> {
    await this.redis.flushall();
    for (const direction of DIRECTIONS)
      await this.redis.xgroup('CREATE', KEYS.stream(direction), SYNC_GROUP, '0', 'MKSTREAM');
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await this.server.stop();
  }

  async write(key: string, payload: string | null, changed?: readonly string[]): Promise<number> {
    const write = {
      key,
      payload,
      expected: 'any',
      operationId: randomUUID(),
      tombstoneTtlMs: 60_000,
      ...(changed ? { changed } : {}),
    } as const;
    const result = await writeRecord(this.redis, USERS, write);
    if (result.outcome === 'conflict') throw new Error(`conflict on ${key}`);
    return result.version;
  }

  async held(key: string): Promise<HeldRecord | null> {
    const text =
      (await this.redis.get(KEYS.record(USERS, key))) ?? (await this.redis.get(KEYS.tombstone(USERS, key)));
    return text === null ? null : parseRecord(text);
  }

  async take(direction: Direction): Promise<readonly ChangeDelivery[]> {
    const read = (await this.redis.xreadgroup(
      ...(['GROUP', SYNC_GROUP, 'contract', 'STREAMS', KEYS.stream(direction), '>'] as const),
    )) as Read | null;
    const entries = read?.[0]?.[1] ?? [];
    return entries.map(([entryId, [, text]]) => ({ entryId, event: parseEvent(text ?? '') }));
  }

  settleRedisWrite(delivery: ChangeDelivery): Promise<void> {
    return new StreamSettler(this.redis, 'redis-to-mongo').settle([{ delivery, outcome: 'applied' }]);
  }

  async ledger(direction: Direction) {
    const { ledger, pending, unread } = await this.ledgers.read(direction);
    return { captured: ledger.captured, outcomes: ledger.outcomes, pending, unread };
  }

  async inFlight(direction: Direction, key: string): Promise<number> {
    const text = await this.redis.hget(KEYS.inFlight(direction), inFlightField(USERS.name, key));
    return text === null ? 0 : Number.parseInt(text, 10);
  }

  async doubt(key: string): Promise<number> {
    return Number((await this.redis.hget(KEYS.doubts, inFlightField(USERS.name, key))) ?? 0);
  }
}
