import { bootstrapService } from '@redis-mongo-sync/service-kit';
import { GatewayConfig } from './src/gateway.config.js';
import { GatewayModule } from './src/gateway.module.js';

await bootstrapService({ name: 'api-gateway', module: GatewayModule, config: GatewayConfig });
