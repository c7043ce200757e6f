import { bootstrapService } from '@redis-mongo-sync/service-kit';
import { UserServiceConfig } from './src/user-service.config.js';
import { UserServiceModule } from './src/user-service.module.js';

await bootstrapService({ name: 'user-service', module: UserServiceModule, config: UserServiceConfig });
