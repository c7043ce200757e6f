import { createService } from '@redis-mongo-sync/service-kit';
import { probeOf, type HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { UserServiceConfig } from '../src/user-service.config.js';
import { UserServiceModule } from '../src/user-service.module.js';

/** A port without a listener: users are served without Redis, their events wait. */
const NO_REDIS = 'redis://127.0.0.1:9';

/** The user service as production starts it, on a free port, in front of a private MongoDB. */
export async function startUserService(
  mongo: { uri: string; database: string },
  redisUrl = NO_REDIS,
): Promise<HttpProbe> {
  const config = new UserServiceConfig();
  Object.assign(config.mongo, { uri: mongo.uri, database: mongo.database, timeoutMs: 500 });
  Object.assign(config.redis, { url: redisUrl });
  return probeOf(await createService({ module: UserServiceModule, config, logger: false }));
}
