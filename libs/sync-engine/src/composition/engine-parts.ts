import { hostname } from 'node:os';
import { RedisMissingEvents } from '@redis-mongo-sync/sync-adapters';
import { safeRedisCheck } from '../capture/redis-safety.js';
import type { CaptureFlow } from '../flows/capture.flow.js';
import { MissingEntriesSearch } from '../healing/ledger/missing-entries.js';
import { EngineObserver } from '../status/engine-observer.js';
import type { SyncEngineSettings } from '../sync-engine-options.js';
import { engineCapture } from './engine-capture.js';
import { engineHealing, type Healing } from './engine-healing.js';
import { engineLanes, type Lanes } from './engine-lanes.js';
import { engineStores, type EngineStores } from './engine-stores.js';

/** Everything an engine is made of. Nothing of it runs yet. */
export interface EngineParts {
  readonly stores: EngineStores;
  readonly observer: EngineObserver;
  readonly healing: Healing;
  readonly lanes: Lanes;
  readonly capture: CaptureFlow;
  readonly missing: MissingEntriesSearch;
  readonly requireSafeRedis: () => Promise<void>;
}

export function engineParts(settings: SyncEngineSettings): EngineParts {
  const observer = new EngineObserver(settings.log);
  const stores = engineStores(settings, observer);
  const requireSafeRedis = safeRedisCheck(stores.redis, (code, message) => observer.alert(code, message));
  const shared = { settings, stores, observer };
  const name = uniqueName();
  const healing = engineHealing(shared);
  return {
    stores,
    observer,
    healing,
    lanes: engineLanes({ ...shared, housekeeping: healing.housekeeping, consumer: name }),
    capture: engineCapture({ ...shared, requireSafeRedis, holder: name }),
    missing: new MissingEntriesSearch(new RedisMissingEvents(stores.redis)),
    requireSafeRedis,
  };
}

/** Unique per process: two consumers of one name would take each other's entries for their own. */
function uniqueName(): string {
  return `${hostname()}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
}
