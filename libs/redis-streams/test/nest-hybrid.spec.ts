import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { MessageBus, RedisMessageBus } from '@redis-mongo-sync/redis-streams';
import {
  RedisStreamsClient,
  RedisStreamsHealthIndicator,
  RedisStreamsModule,
  RedisStreamsServer,
  type TransportStatus,
} from '@redis-mongo-sync/redis-streams/nest';
import { eventually } from '@redis-mongo-sync/redis-streams/testing';
import { Controller, Get, Inject, Post } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthIndicatorService } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import type { Redis } from 'ioredis';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

const REQUESTS = 'rpc:counters';

@Controller('counter')
class Counter {
  total = 0;
  readonly asked: unknown[] = [];

  constructor(@Inject(RedisStreamsClient) private readonly client: RedisStreamsClient) {}

  @Get()
  read(): { total: number } {
    return { total: this.total };
  }

  @Post()
  async add(): Promise<void> {
    await firstValueFrom(this.client.emit('counter:changes', 1));
  }

  @EventPattern('counter:changes')
  changed(@Payload() by: number): void {
    this.total += by;
  }

  @MessagePattern('double')
  double(@Payload() value: number): number {
    this.asked.push(value);
    return 2 * value;
  }
}

describe('a Nest application with HTTP and messaging', () => {
  let server: TestRedis;
  let redis: Redis;
  let app: NestFastifyApplication;
  let client: RedisStreamsClient;

  beforeAll(async () => {
    server = await startTestRedis({ appendOnly: true });
    redis = server.client();
  });
  beforeEach(async () => {
    await redis.flushall();
    client = new RedisStreamsClient({ url: server.url, queue: 'counters', timeoutMs: 5_000 });
    const testing = await Test.createTestingModule({
      controllers: [Counter],
      providers: [{ provide: RedisStreamsClient, useValue: client }],
    }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.useLogger(false);
    const timings = { blockMs: 100, drainMs: 1_000 };
    app.connectMicroservice({
      strategy: new RedisStreamsServer({ url: server.url, group: 'counters', timings }),
    });
  });
  afterEach(async () => {
    await client.close();
    await app.close();
  });
  afterAll(() => server.stop());

  it('serves both, and closes both', async () => {
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    const url = `${await app.getUrl()}/counter`;
    for (let n = 0; n < 2; n += 1) expect((await fetch(url, { method: 'POST' })).status).toBe(201);
    await eventually(async () => expect(await (await fetch(url)).json()).toEqual({ total: 2 }));
    expect(await lastValueFrom(client.send('double', 4))).toBe(8);
    await app.close();
    await client.close();
    await eventually(async () => expect(String(await redis.client('LIST'))).not.toContain('name=nest-'));
  });

  it('does not handle a request whose sender has given up', async () => {
    const bus = new RedisMessageBus({ commands: redis });
    const replyTo = `rpc:replies-${randomUUID()}`;
    const ask = (data: number, deadline: number) => {
      const request = { pattern: 'double', data, replyTo, deadline };
      return bus.producer.publish(REQUESTS, { type: 'rpc.request', data: request });
    };
    await ask(1, Date.now() - 1);
    await ask(2, Date.now() + 60_000);
    await app.startAllMicroservices();
    await eventually(async () => expect(await redis.xlen(replyTo)).toBe(1));
    await eventually(async () => expect((await redis.xpending(REQUESTS, 'counters'))[0]).toBe(0));
    expect(app.get(Counter).asked).toEqual([2]);
    expect(await bus.deadLetters(REQUESTS).size()).toBe(0);
  });

  it('tells what its connection does, also to listeners added before it was there', async () => {
    const statuses: TransportStatus[] = [];
    const heard: string[] = [];
    client.status.subscribe((status) => statuses.push(status));
    client.on('ready', () => heard.push('early ready'));
    await client.connect();
    await eventually(() => expect(statuses).toContain('connected'));
    client.on('reconnecting', () => heard.push('late reconnecting'));
    try {
      await server.kill();
      await eventually(() => expect(statuses).toContain('reconnecting'));
    } finally {
      await server.restart();
    }
    await eventually(() => expect(statuses.at(-1)).toBe('connected'));
    expect(heard.filter((what) => what === 'early ready')).toHaveLength(2);
    expect(heard).toContain('late reconnecting');
    expect(await firstValueFrom(client.emit('counter:changes', 1))).toMatchObject({ outcome: 'accepted' });
    await client.close();
    expect(statuses.at(-1)).toBe('disconnected');
  });
});

describe('health of messaging in a Nest application', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startTestRedis();
  });
  afterAll(() => server.stop());

  it('is degraded while a store is away, and down when a subscription has failed', async () => {
    const redis = server.client();
    const testing = await Test.createTestingModule({
      imports: [RedisStreamsModule.forRoot({ url: server.url, timings: { blockMs: 100 } })],
    }).compile();
    testing.useLogger(false);
    const app = await testing.init();
    const health = () =>
      app.get(RedisStreamsHealthIndicator).check('messaging', new HealthIndicatorService()).messaging;
    try {
      const bus = app.get(MessageBus);
      let storeIsUp = false;
      const handler = (): void => {
        if (!storeIsUp) throw Object.assign(new Error('no store'), { code: 'ECONNREFUSED' });
      };
      await bus.consumer.subscribe('orders:events', 'billing', handler);
      expect(health()).toMatchObject({ status: 'up', subscriptions: 1 });
      await bus.producer.publish('orders:events', { type: 'order.placed', data: 1 });
      await eventually(() => expect(health()).toMatchObject({ status: 'degraded' }));
      storeIsUp = true;
      await eventually(() => expect(health()).toMatchObject({ status: 'up' }));
      await redis.set('orders:events', 'no stream any more');
      await eventually(() => expect(health()).toMatchObject({ status: 'down', subscriptions: 1 }));
      expect(JSON.stringify(health())).toMatch(/orders:events \(billing\): .*WRONGTYPE/);
    } finally {
      await app.close();
    }
  });
});
