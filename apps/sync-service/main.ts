import './src/small-heap.js';
import { bootstrapService } from '@redis-mongo-sync/service-kit';
import { SyncServiceConfig } from './src/sync-service.config.js';
import { SyncServiceModule } from './src/sync-service.module.js';

await bootstrapService({ name: 'sync-service', module: SyncServiceModule, config: SyncServiceConfig });
