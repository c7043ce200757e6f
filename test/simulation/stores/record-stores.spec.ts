import { recordStoreContract } from '@redis-mongo-sync/sync-core/contracts';
import { NO_OBSERVER } from '../checks/observer.js';
import { directLink } from '../engine/link.js';
import { SimWorld } from '../engine/sim-world.js';
import { SimMongo } from './sim-mongo.js';
import { SimMongoStore } from './sim-mongo-store.js';
import { SimRedis } from './sim-redis.js';
import { SimRedisStore } from './sim-redis-store.js';

// The contract that the real stores pass: what passes may stand in for them.
const close = () => Promise.resolve();
const world = () => new SimWorld({ startMs: Date.now() });

recordStoreContract({
  name: 'simulated MongoDB',
  source: 'mongo',
  makeStore: () =>
    Promise.resolve({ store: new SimMongoStore(new SimMongo(world(), NO_OBSERVER), directLink), close }),
});

recordStoreContract({
  name: 'simulated Redis',
  source: 'redis',
  makeStore: () =>
    Promise.resolve({ store: new SimRedisStore(new SimRedis(world(), NO_OBSERVER), directLink), close }),
});
