import { bootstrapService } from '@redis-mongo-sync/service-kit';
import { EventServiceConfig } from './src/event-service.config.js';
import { EventServiceModule } from './src/event-service.module.js';

await bootstrapService({ name: 'event-service', module: EventServiceModule, config: EventServiceConfig });
