import type { Redis } from 'ioredis';
import { run as cqrs } from '../examples/cqrs.js';
import { run as eventSourcing } from '../examples/event-sourcing.js';
import { run as fromMonolith } from '../examples/from-monolith.js';
import { run as saga } from '../examples/saga.js';
import type { MessageBus } from '../src/bus/message-bus.js';
import { RedisMessageBus } from '../src/bus/redis-message-bus.js';
import { InMemoryBus } from '../src/testing/in-memory-bus.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

const EXPECTED = [
  ['saga', saga, ['order 1: confirmed', 'order 2: rejected', 'order 3: rejected', 'books left: 4']],
  ['cqrs', cqrs, ['ann has ordered for 17', 'rebuilt: ann has ordered for 17']],
  ['event-sourcing', eventSourcing, ['balance: 120', 'balance after the second booking: 70']],
  [
    'from-monolith',
    fromMonolith,
    [
      'compared: monolith sent ann@example.org, service would have sent ann@example.org',
      'switched: service sent bob@example.org',
    ],
  ],
] as const;

describe('examples', () => {
  let server: TestRedis;
  let commands: Redis;
  beforeAll(async () => {
    server = await startTestRedis();
    commands = server.client();
  });
  afterAll(() => server.stop());

  it.each(EXPECTED)('%s says what it should, in memory and on Redis', async (_, run, lines) => {
    await commands.flushall();
    const buses: MessageBus[] = [
      new InMemoryBus(),
      new RedisMessageBus({ commands, timings: { blockMs: 100 } }),
    ];
    for (const bus of buses) {
      const said: string[] = [];
      await run(bus, (line) => said.push(line)).finally(() => bus.close());
      expect(said).toEqual(lines);
    }
  });
});
