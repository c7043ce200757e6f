export { guard } from './process/guard.js';
export { freePort } from './process/free-port.js';
export { isPortTaken } from './process/preferred-port.js';
export { describePortHolder, findPortHolder, type PortHolder } from './process/port-holder.js';
export { createTempFolder, type TempFolder } from './process/temp-folder.js';
export { waitUntil, type WaitOptions } from './process/wait-until.js';
export type { ServerControl, ServerProcess } from './process/server-process.js';

export type { ResolvedServer, Resolution, ResolveOptions } from './resolve/provider.js';
export { hideCredentials } from './resolve/hide-credentials.js';
export { shortPath } from './resolve/short-path.js';
export { resolveRedis } from './redis/resolve-redis.js';
export { resolveMongo } from './mongo/resolve-mongo.js';

export { startPrivateRedis, type PrivateRedis, type PrivateRedisOptions } from './redis/private-redis.js';
export { redisUnavailableReason } from './redis/redis-binary.js';
export { ensureRedisServer, type RedisServerBinary } from './redis/ensure-redis-server.js';
export {
  startPrivateMongo,
  type KillableMongo,
  type PrivateMongo,
  type PrivateMongoOptions,
} from './mongo/private-mongo.js';
export {
  postgresUnavailableReason,
  startPrivatePostgres,
  type PrivatePostgres,
  type PrivatePostgresOptions,
} from './postgres/private-postgres.js';
export { describeWith } from './testing/describe-with.js';
export { dockerUnavailableReason } from './docker/docker-unavailable-reason.js';
