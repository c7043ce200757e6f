export type { ServerControl } from './process/server-process.js';
export { freePort } from './process/free-port.js';
export { createTempFolder, type TempFolder } from './process/temp-folder.js';
export { startPrivateRedis, type PrivateRedis, type PrivateRedisOptions } from './redis/private-redis.js';
export { redisUnavailableReason } from './redis/redis-binary.js';
export {
  startPrivateMongo,
  type KillableMongo,
  type PrivateMongo,
  type PrivateMongoOptions,
} from './mongo/private-mongo.js';
export { describeWith } from './testing/describe-with.js';
export { ensureRedisServer, type RedisServerBinary } from './redis/ensure-redis-server.js';
export { dockerUnavailableReason } from './docker/docker-unavailable-reason.js';
