export { RedisStreamsHealthIndicator } from './redis-streams.health.js';
export type { MetricsRegistry, RedisStreamsModuleOptions } from './redis-streams-options.js';
export { RedisStreamsModule, type RedisStreamsAsyncOptions } from './redis-streams.module.js';
export { StreamHandler, type StreamHandlerOptions } from './stream-handler.decorator.js';
export { RedisStreamsContext } from './transport/redis-streams.context.js';
export { RedisStreamsExceptionFilter } from './transport/redis-streams-exception.filter.js';
export {
  RedisStreamsClient,
  RequestTimeoutError,
  StreamRecord,
  type RedisStreamsClientOptions,
} from './transport/redis-streams.client.js';
export {
  RedisStreamsServer,
  type RedisStreamsServerOptions,
  type TransportEvents,
  type TransportStatus,
} from './transport/redis-streams.server.js';
