import type { Redis } from 'ioredis';
import { RedisMessageBus } from '../src/bus/redis-message-bus.js';
import { InMemoryBus } from '../src/testing/in-memory-bus.js';
import {
  CONTRACT_STREAMS,
  messagingContract,
  type ContractTools,
} from '../src/testing/messaging-contract.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

const tools = { describe, it, beforeEach, afterEach, expect } as ContractTools;
const streams = CONTRACT_STREAMS;

messagingContract(
  'in memory',
  () => {
    const bus = new InMemoryBus({ streams });
    return Promise.resolve({ bus, addRaw: (stream, fields) => bus.addRaw(stream, fields) });
  },
  tools,
);

describe('with a Redis of its own', () => {
  let server: TestRedis;
  let commands: Redis;
  beforeAll(async () => {
    server = await startTestRedis();
    commands = server.client();
  });
  afterAll(() => server.stop());

  for (const hashTags of [false, true]) {
    messagingContract(
      hashTags ? 'Redis, keys with hash tags' : 'Redis',
      async () => {
        await commands.flushall();
        const timings = {
          leaseMs: 1_000,
          blockMs: 100,
          minIdleMs: 2_000,
          reclaimEveryMs: 200,
          drainMs: 2_000,
        };
        const bus = new RedisMessageBus({ commands, streams, hashTags, timings });
        const addRaw = async (stream: string, fields: readonly string[]): Promise<void> => {
          await commands.xadd(bus.catalog.of(stream).streamKey(0), '*', ...fields);
        };
        return { bus, addRaw };
      },
      tools,
    );
  }
});
