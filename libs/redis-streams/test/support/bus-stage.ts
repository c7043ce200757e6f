import type { Redis } from 'ioredis';
import type { MessageBus } from '../../src/bus/message-bus.js';
import { RedisMessageBus, type RedisBusOptions } from '../../src/bus/redis-message-bus.js';
import type { ConsumerTimings } from '../../src/subscription/redis-message-consumer.js';
import { startTestRedis, type TestRedis } from './test-redis.js';

/**
 * A private Redis for the specs of one `describe`, empty before each, and the buses that one of them opens: closed after
 * it. To be called inside the `describe`.
 */
export class BusStage {
  private server: TestRedis | undefined;
  private opened: Redis | undefined;
  private readonly buses: MessageBus[] = [];

  constructor(private readonly timings: ConsumerTimings) {
    beforeAll(async () => {
      this.server = await startTestRedis();
      this.opened = this.server.client();
    });
    beforeEach(() => this.client.flushall());
    afterEach(async () => {
      await Promise.all(this.buses.splice(0).map((bus) => bus.close()));
    });
    afterAll(() => this.server?.stop());
  }

  get client(): Redis {
    if (!this.opened) throw new Error('Redis is there from beforeAll on');
    return this.opened;
  }

  readonly makeBus = (options: Partial<RedisBusOptions> = {}): RedisMessageBus =>
    this.closeLater(new RedisMessageBus({ commands: this.client, timings: this.timings, ...options }));

  closeLater<T extends MessageBus>(bus: T): T {
    this.buses.push(bus);
    return bus;
  }
}
