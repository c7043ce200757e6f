import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { MessageProducerService } from '@redis-mongo-sync/redis-streams';
import { RedisStreamsClient, StreamHandler } from '@redis-mongo-sync/redis-streams/nest';
import { testingRedisStreams } from '@redis-mongo-sync/redis-streams/nest/testing';
import { eventually } from '@redis-mongo-sync/redis-streams/testing';
import { Injectable } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import { AppModule, Billing, Shop } from '../examples/nest-app.js';
import { addMessages, Tasks } from '../examples/nest-transport.js';
import { quickStart } from '../examples/quick-start.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

const here = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the README', () => {
  it('shows code that is in a file: every block with such a mark', () => {
    const blocks = [...here('../README.md').matchAll(/<!-- from (\S+) -->\n+```ts\n([\s\S]*?)```/g)];
    expect(blocks.map(([, file]) => file)).toEqual(
      expect.arrayContaining([
        'examples/quick-start.ts',
        'examples/nest-app.ts',
        'examples/nest-transport.ts',
        'examples/saga.ts',
        'examples/cqrs.ts',
        'examples/event-sourcing.ts',
        'test/readme.spec.ts',
      ]),
    );
    const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();
    for (const [, file = '', code = ''] of blocks)
      for (const part of code.trim().split(/\n\n+/)) expect(flat(here(`../${file}`))).toContain(flat(part));
  });
});

describe('what the README shows', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startTestRedis();
  });
  beforeEach(() => server.client().flushall());
  afterAll(() => server.stop());

  it('quick start: bills what is published', async () => {
    const billed: number[] = [];
    let stop: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => (stop = resolve));
    const bill = ({ total }: { total: number }): Promise<void> => {
      billed.push(total);
      return Promise.resolve(stop());
    };
    await quickStart(server.url, bill, stopped);
    expect(billed).toEqual([20]);
  });

  it('transport: events and requests beside HTTP', async () => {
    const testing = await Test.createTestingModule({ controllers: [Tasks] }).compile();
    const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.useLogger(false);
    const client = new RedisStreamsClient({ url: server.url, queue: 'tasks', timeoutMs: 5_000 });
    try {
      await addMessages(app, server.url);
      await firstValueFrom(client.emit('tasks:created', { title: 'write' }));
      await eventually(async () => expect(await firstValueFrom(client.send('count', {}))).toBe(1));
    } finally {
      await client.close();
      await app.close();
    }
  });

  it('bills an order (unit: one class)', async () => {
    const { module, bus } = testingRedisStreams();
    const app = await (
      await Test.createTestingModule({ imports: [module], providers: [Billing] }).compile()
    ).init();

    await bus.producer.publish('orders:events', {
      type: 'order.placed',
      data: { customer: 'ann', total: 20 },
    });
    await bus.settled();
    expect(bus.events('invoices:events')).toMatchObject([{ type: 'invoice.written' }]);

    await app.close();
  });

  it('bills an order (e2e: the whole application, its own modules)', async () => {
    const streams = testingRedisStreams();
    const app = await (
      await streams.override(Test.createTestingModule({ imports: [AppModule] })).compile()
    ).init();

    await app.get(Shop).place({ customer: 'ann', total: 20 });
    await streams.bus.settled();
    expect(streams.bus.effects).toContainEqual({ command: 'HINCRBY', key: 'turnover', args: ['ann', 20] });

    await app.close();
  });

  it.each([
    [4, {}],
    [1, { subscribe: { retryDelaysMs: [] } }],
  ])('testing kit: %i tries, then the dead letters', async (tries, options) => {
    const { module, bus } = testingRedisStreams({
      streams: { 'orders:events': { partitions: 2 } },
      ...options,
    });
    const testing = Test.createTestingModule({ imports: [module], providers: [Broken] });
    const app = await (await testing.compile()).init();
    await app.get(MessageProducerService).publish('orders:events', { type: 'order.placed', data: 1 });
    await bus.settled();
    expect(app.get(Broken).tries).toBe(tries);
    expect(await bus.deadLetters('orders:events').size()).toBe(1);
    await app.close();
    expect(bus.consumer.subscriptions()).toEqual([]);
  });
});

@Injectable()
class Broken {
  tries = 0;

  @StreamHandler({ stream: 'orders:events', group: 'billing' })
  onOrder(): void {
    this.tries += 1;
    throw new Error('broken');
  }
}
