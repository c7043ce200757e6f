import 'reflect-metadata';
import {
  MessageBus,
  RedisMessageBus,
  TerminalError,
  type MessageContext,
  type MessageEvent,
} from '@redis-mongo-sync/redis-streams';
import {
  RedisStreamsClient,
  RedisStreamsContext,
  RedisStreamsExceptionFilter,
  RedisStreamsHealthIndicator,
  RedisStreamsModule,
  RedisStreamsServer,
  StreamHandler,
  StreamRecord,
} from '@redis-mongo-sync/redis-streams/nest';
import { eventually, InMemoryBus } from '@redis-mongo-sync/redis-streams/testing';
import { Controller, Injectable, UseFilters, type INestMicroservice } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { HealthIndicatorService } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { firstValueFrom, lastValueFrom, of, toArray } from 'rxjs';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

const seen: unknown[] = [];

@Injectable()
class Billing {
  @StreamHandler({ stream: 'orders:events', group: 'billing', retryDelaysMs: [] })
  onOrder(event: MessageEvent, context: MessageContext): void {
    if (event.data === 'bad') throw new Error('bad order');
    context.publish('invoices:events', { type: 'invoice.written', data: event.data });
  }

  @StreamHandler({ stream: 'invoices:events', group: 'mail', batch: true })
  onInvoices(deliveries: readonly { event: MessageEvent }[]): Promise<void> {
    seen.push(...deliveries.map(({ event }) => event.data));
    return Promise.resolve();
  }
}

@Controller()
class Tasks {
  tries = 0;

  @EventPattern<string>('tasks:created')
  created(@Payload() data: unknown, @Ctx() context: RedisStreamsContext): void {
    seen.push([data, context.getEvent().key ?? null]);
  }

  @EventPattern('user:events#user.deleted')
  deleted(@Payload() data: unknown): void {
    seen.push(data);
  }

  @EventPattern('tasks:failing')
  failing(@Payload() data: string): void {
    this.tries += 1;
    if (data === 'rpc') throw new RpcException('wrong for ever');
    throw new Error('unlucky');
  }

  @UseFilters(RedisStreamsExceptionFilter)
  @EventPattern<string>('tasks:filtered')
  filtered(): void {
    this.tries += 1;
    throw new TerminalError('the real reason');
  }

  @MessagePattern('sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((a, b) => a + b, 0);
  }

  @MessagePattern({ cmd: 'count' })
  count(): unknown {
    return of(1, 2, 3);
  }

  @MessagePattern('fail')
  fail(): void {
    throw new RpcException('no such thing');
  }
}

describe('Nest', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startTestRedis();
  });
  beforeEach(async () => {
    seen.length = 0;
    await server.client().flushall();
  });
  afterAll(() => server.stop());

  const moduleWith = (options: Parameters<typeof RedisStreamsModule.forRoot>[0]) =>
    Test.createTestingModule({
      imports: [
        RedisStreamsModule.forRootAsync({ useFactory: () => options }),
        RedisStreamsModule.forFeature({ 'orders:events': { partitions: 2 } }),
      ],
      providers: [Billing],
    }).compile();

  it('subscribes decorated methods, keeps figures, knows its health, and ends', async () => {
    const registry = new Registry();
    const app = await (await moduleWith({ url: server.url, registry })).init();
    const bus = app.get(MessageBus);
    await bus.producer.publish('orders:events', { type: 'order.placed', data: 7, key: 'a' });
    await bus.producer.publish('orders:events', { type: 'order.placed', data: 'bad', key: 'b' });
    await eventually(async () => seen.length === 1 && (await bus.deadLetters('orders:events').size()) === 1);
    expect(seen).toEqual([7]);
    await eventually(async () => {
      const figures = await registry.metrics();
      expect(figures).toContain(
        'messaging_processed_total{stream="orders:events",group="billing",type="order.placed"} 1',
      );
      expect(figures).toContain('messaging_pending{stream="orders:events",group="billing"} 0');
      expect(figures).toContain('messaging_dead_letters{stream="orders:events"} 1');
    });
    const health = app.get(RedisStreamsHealthIndicator).check('messaging', new HealthIndicatorService());
    expect(health.messaging).toMatchObject({ status: 'up', subscriptions: 2 });
    await app.close();
  });

  it('runs on an in-memory bus in the tests of an application', async () => {
    const bus = new InMemoryBus();
    const app = await (await moduleWith({ bus })).init();
    await bus.producer.publish('orders:events', { type: 'order.placed', data: 7, key: 'a' });
    await bus.settled();
    expect(seen).toEqual([7]);
    await app.close();
    expect(bus.consumer.subscriptions()).toEqual([]);
  });

  describe('transport', () => {
    let app: INestMicroservice;
    let client: RedisStreamsClient;
    let strategy: RedisStreamsServer;
    beforeEach(async () => {
      const testing = await Test.createTestingModule({ controllers: [Tasks] }).compile();
      const timings = { blockMs: 100, drainMs: 1_000 };
      strategy = new RedisStreamsServer({
        url: server.url,
        group: 'tasks',
        timings,
        subscribe: { retryDelaysMs: [5, 5, 5] },
      });
      app = testing.createNestMicroservice({ strategy, logger: false });
      await app.listen();
      client = new RedisStreamsClient({ url: server.url, queue: 'tasks', timeoutMs: 2_000 });
    });
    afterEach(async () => {
      await client.close();
      await app.close();
    });
    const emit = (pattern: string, data: unknown) => firstValueFrom(client.emit(pattern, data));
    const send = (pattern: unknown, data: unknown) => lastValueFrom(client.send<unknown>(pattern, data));
    const letters = (stream: string) => strategy.unwrap<RedisMessageBus>().deadLetters(stream);

    it('brings events to @EventPattern, by stream or by type', async () => {
      await emit('tasks:created', new StreamRecord({ title: 'x' }, { key: 'k' }));
      await emit('user:events#user.updated', 1);
      await emit('user:events#user.deleted', 2);
      await eventually(() => seen.length === 2);
      expect(seen).toEqual(expect.arrayContaining([[{ title: 'x' }, 'k'], 2]));
    });

    it('tries an event again after an exception, then dead-letters it; an RpcException at once', async () => {
      await emit('tasks:failing', 'other');
      await eventually(async () => (await letters('tasks:failing').size()) === 1);
      expect(app.get(Tasks).tries).toBe(4);
      await emit('tasks:failing', 'rpc');
      await eventually(async () => (await letters('tasks:failing').size()) === 2);
      expect(app.get(Tasks).tries).toBe(5);
    });

    it('keeps the real reason with the filter', async () => {
      await emit('tasks:filtered', 1);
      await eventually(async () => (await letters('tasks:filtered').size()) === 1);
      const [letter] = (await letters('tasks:filtered').list()).letters;
      expect(letter?.error).toContain('the real reason');
      expect(app.get(Tasks).tries).toBe(1);
    });

    it('answers requests: a value, several, an error, an unknown pattern', async () => {
      expect(await send('sum', [1, 2, 3])).toBe(6);
      expect(await lastValueFrom(client.send<number>({ cmd: 'count' }, {}).pipe(toArray()))).toEqual([
        1, 2, 3,
      ]);
      await expect(send('fail', {})).rejects.toMatchObject({ message: 'no such thing' });
      await expect(send('unknown', {})).rejects.toContain('no handler');
      const many = await Promise.all(Array.from({ length: 50 }, (_, n) => send('sum', [n, 1])));
      expect(many).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    });

    it('gives up waiting, and the request is not handled afterwards', async () => {
      const lonely = new RedisStreamsClient({ url: server.url, queue: 'nobody', timeoutMs: 50 });
      await expect(firstValueFrom(lonely.send('sum', [1]))).rejects.toThrow('no answer within 50 ms');
      await lonely.close();
    });

    it('tells its status', async () => {
      expect(await firstValueFrom(strategy.status)).toBe('connected');
    });
  });
});
