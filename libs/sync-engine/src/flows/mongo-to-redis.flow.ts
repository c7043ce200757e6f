import type { BatchHandler, StreamEntry } from '@redis-mongo-sync/redis-streams';
import { applyToRedis, type ApplyToRedisStores } from '@redis-mongo-sync/sync-core';
import { decodeEntries } from '../lanes/decode-entries.js';
import type { FlowContext } from '../lanes/flow-context.js';

/**
 * `mongo_changes` → Redis.
 *
 *   consumer group → decode → applyToRedis: one script compares, writes, counts in the ledger, acknowledges
 *                                └ what it left open is compared with Mongo: set back? changed by an outsider?
 */
export function mongoToRedis(context: FlowContext, stores: ApplyToRedisStores): BatchHandler {
  return async (entries: readonly StreamEntry[]) => {
    const { deliveries, unusable, largestSkewMs } = decodeEntries(entries, context.decoding());
    for (const [entity, batch] of deliveries) {
      await applyToRedis(entity, batch, stores);
      context.meter.applied(batch);
    }
    context.observer.skew(largestSkewMs);
    return { acked: true, failures: unusable.map(({ id, error }) => ({ id, error, retry: false })) };
  };
}
