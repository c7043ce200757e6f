/** Testing kit for Nest applications: `@redis-mongo-sync/redis-streams/nest/testing`. */
export {
  testingRedisStreams,
  type OverridableModule,
  type TestingRedisStreams,
  type TestingRedisStreamsOptions,
} from './testing-redis-streams.js';
