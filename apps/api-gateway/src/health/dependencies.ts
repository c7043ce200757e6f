import type { RequestContext } from '@redis-mongo-sync/service-kit';
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { request } from 'undici';
import type { UserServiceClient } from '../mongo-first/user-service-client.js';
import type { Probes } from './store-watch.js';

const TIMEOUT_MS = 2_000;

/** What the gateway stands on, and how to ask whether it is there. Each question ends within two seconds. */
export class Dependencies {
  constructor(
    private readonly redisClient: Redis,
    private readonly userService: UserServiceClient,
    private readonly syncServiceUrl: string,
  ) {}

  /** @throws Error when Redis does not answer */
  async redis(): Promise<void> {
    await this.redisClient.ping();
  }

  /** @returns what the user service says of MongoDB. @throws Error when it does not answer itself */
  mongoHealth(): Promise<'up' | 'down'> {
    const context: RequestContext = { requestId: randomUUID(), signal: AbortSignal.timeout(TIMEOUT_MS) };
    return this.userService.mongoHealth(context);
  }

  /** @throws Error when the sync service does not answer */
  async syncService(): Promise<void> {
    const answer = await request(`${this.syncServiceUrl}/health/live`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`it answers ${answer.statusCode}`);
  }

  /** The stores, as writes depend on them: MongoDB without the user service is as good as down. */
  get stores(): Probes {
    return {
      redis: () => this.redis(),
      mongo: async () => {
        if ((await this.mongoHealth()) === 'down') throw new Error('MongoDB does not answer');
      },
    };
  }
}
