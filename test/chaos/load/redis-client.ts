import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { canonicalJson, USERS } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { sentText } from './http-client.js';
import type { Operation } from './operation.js';
import type { Told } from './told.js';

/** Shorter than the memory of an operation id (60 s). */
const GIVE_UP_MS = 20_000;

/** A client in another language: writes with the Redis Function, and sends it again when the answer is lost. */
export class RedisClient {
  constructor(
    private readonly redis: Redis,
    private readonly told: Told,
    private readonly clock: { readonly now: () => number; readonly epoch: () => number },
  ) {}

  async write(operation: Operation): Promise<void> {
    const epoch = this.clock.epoch();
    const version = await this.sendUntilAnswered(operation);
    if (version === null) return;
    const text = operation.kind === 'delete' ? null : sentText({ email: operation.key, ...operation.set });
    this.told.acknowledge({ operation, source: 'redis', version, text, at: this.clock.now() });
    if (!operation.repeat) return;
    const again = await this.call(operation).catch(() => version);
    // What Redis forgot (FLUSHALL, a failover) it cannot recognise.
    if (again !== version && this.clock.epoch() === epoch) this.told.appliedTwice.push(operation.name);
    if (again !== version && again > 0)
      this.told.acknowledge({ operation, source: 'redis', version: again, text, at: this.clock.now() });
  }

  private async sendUntilAnswered(operation: Operation): Promise<number | null> {
    const deadline = Date.now() + GIVE_UP_MS;
    for (;;) {
      try {
        return await this.call(operation);
      } catch (error) {
        const message = (error as Error).message;
        if (/^(OOM|SYNC|ERR Function not found)/.test(message)) {
          this.told.refused += 1;
          return null;
        }
        if (Date.now() > deadline) {
          this.told.doubt(operation);
          return null;
        }
        await sleep(200);
      }
    }
  }

  private async call({ name, key, kind, set }: Operation): Promise<number> {
    const reply = (await this.redis.fcall(
      'sync_write',
      7,
      KEYS.record(USERS, key),
      KEYS.tombstone(USERS, key),
      KEYS.stream('redis-to-mongo'),
      KEYS.inFlight('redis-to-mongo'),
      KEYS.ledger('redis-to-mongo'),
      KEYS.index(USERS),
      KEYS.operation(`chaos-${name}`),
      USERS.name,
      key,
      kind === 'delete' ? 'delete' : 'upsert',
      kind === 'delete' ? '' : canonicalJson({ email: key, ...set }),
    )) as [string, string];
    return Number(reply[1]);
  }
}
