import type { Direction, SettledDelivery } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { inFlightField, KEYS, SYNC_GROUP } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import { SCRIPTS } from './scripts.js';

/** Acknowledges and counts entries of one stream with `settle-batch.lua`. Safe to repeat. */
export class StreamSettler {
  constructor(
    private readonly redis: Redis,
    private readonly direction: Direction,
  ) {}

  async settle(settlements: readonly SettledDelivery[]): Promise<void> {
    if (settlements.length === 0) return;
    const keys = [
      KEYS.stream(this.direction),
      KEYS.processed,
      KEYS.inFlight(this.direction),
      KEYS.ledger(this.direction),
    ];
    const args = [SYNC_GROUP];
    for (const { delivery, outcome } of settlements) {
      const { entity, key, version, eventId } = delivery.event;
      args.push(delivery.entryId, inFlightField(entity, key), String(version), eventId, outcome);
    }
    await withRedisErrors(() => SCRIPTS.settleBatch.run(this.redis, keys, args));
  }
}
