import {
  loadFunctionLibrary,
  MongoChangeFeed,
  prepareCollections,
  prepareConflictLog,
  RedisLease,
  withMongoErrors,
} from '@redis-mongo-sync/sync-adapters';
import { CaptureFlow } from '../flows/capture.flow.js';
import type { EngineObserver } from '../status/engine-observer.js';
import type { SyncEngineSettings } from '../sync-engine-options.js';
import type { EngineStores } from './engine-stores.js';

interface CaptureParts {
  readonly settings: SyncEngineSettings;
  readonly stores: EngineStores;
  readonly observer: EngineObserver;
  /** Refuses a Redis that would lose data. */
  readonly requireSafeRedis: () => Promise<void>;
  /** Name of this process as holder of the lease. */
  readonly holder: string;
}

export function engineCapture(parts: CaptureParts): CaptureFlow {
  const { settings, stores, observer, requireSafeRedis, holder } = parts;
  const { mongo, db, redis, journal, authority, unsyncable } = stores;
  const { entities, historyDays, tombstoneTtlMs } = settings;
  let preImages = false;
  const feed = new MongoChangeFeed({
    client: mongo,
    db,
    entities,
    preImages: () => preImages,
    onCollectionLost: (collection, operation) => observer.collectionLost(collection, operation),
    onUnreadable: (fault) => observer.unreadable(fault),
  });
  const prepare = async (): Promise<void> => {
    await requireSafeRedis();
    // The driver reconnects by itself, but only after a first connection that succeeded.
    await withMongoErrors(() => mongo.connect());
    preImages = (await prepareCollections(db, entities)).preImages;
    observer.prepared({ preImages });
    await prepareConflictLog(db, historyDays);
    unsyncable.forget(); // another process may have captured meanwhile
    await loadFunctionLibrary(redis, entities, tombstoneTtlMs);
  };
  return new CaptureFlow({
    entities,
    prepare,
    feed,
    journal,
    authority,
    unsyncable,
    lease: new RedisLease(redis, holder),
    isFull: () => observer.isOverfull('mongo-to-redis'),
    estimate: (entity, afterId) => feed.estimate(entity, afterId),
    observer,
  });
}
