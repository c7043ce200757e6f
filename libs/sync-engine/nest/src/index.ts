/** The sync as a module of a Nest application: `@redis-mongo-sync/sync-engine/nest`. */
export { SyncModule, type SyncModuleAsyncOptions } from './sync.module.js';
export type { MongoConnection, SyncModuleOptions } from './sync-module-options.js';
