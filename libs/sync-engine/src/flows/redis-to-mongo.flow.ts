import type { BatchHandler, EntryFailure, StreamEntry } from '@redis-mongo-sync/redis-streams';
import { applyToMongo, type ApplyToMongoStores } from '@redis-mongo-sync/sync-core';
import { decodeEntries } from '../lanes/decode-entries.js';
import type { FlowContext } from '../lanes/flow-context.js';

/** Mongo will not take the record as it is: a validator, or another unique index. */
class RecordRefusedError extends Error {
  override readonly name = 'RecordRefusedError';
}

/**
 * `redis_changes` → Mongo.
 *
 *   consumer group → decode → applyToMongo: newest version per record → one bulk of conditional upserts
 *                                            → one script counts in the ledger and acknowledges
 */
export function redisToMongo(context: FlowContext, stores: ApplyToMongoStores): BatchHandler {
  return async (entries: readonly StreamEntry[]) => {
    const { deliveries, unusable, largestSkewMs } = decodeEntries(entries, context.decoding());
    const failures: EntryFailure[] = unusable.map(({ id, error }) => ({ id, error, retry: false }));
    for (const [entity, batch] of deliveries) {
      const { conflicts, refused } = await applyToMongo(entity, batch, stores);
      context.meter.applied(batch);
      context.observer.conflicts(conflicts);
      failures.push(
        ...refused.map(({ delivery, reason }) => ({
          id: delivery.entryId,
          error: new RecordRefusedError(reason),
        })),
      );
    }
    context.observer.skew(largestSkewMs);
    return { acked: true, failures };
  };
}
