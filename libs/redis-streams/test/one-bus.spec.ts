import 'reflect-metadata';
import { MessageBus, MessageConsumerService, type DeadLetterAlert } from '@redis-mongo-sync/redis-streams';
import {
  RedisStreamsClient,
  RedisStreamsModule,
  RedisStreamsServer,
  type RedisStreamsModuleOptions,
} from '@redis-mongo-sync/redis-streams/nest';
import { eventually } from '@redis-mongo-sync/redis-streams/testing';
import { Controller, Injectable, type INestApplication, type OnModuleInit } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TcpProxy } from '@redis-mongo-sync/testing';
import { Registry } from 'prom-client';
import { firstValueFrom } from 'rxjs';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

const seen: string[] = [];

@Controller()
class Tasks {
  @EventPattern<string>('tasks:created')
  created(): void {
    seen.push('transport');
    throw new Error('broken');
  }

  @MessagePattern<string>('count')
  count(): number {
    return 7;
  }
}

@Injectable()
class Plain implements OnModuleInit {
  constructor(private readonly consumer: MessageConsumerService) {}

  async onModuleInit(): Promise<void> {
    const handler = (): void => {
      seen.push('plain');
      throw new Error('broken');
    };
    await this.consumer.subscribe('plain:events', 'svc', handler, { retries: 0 });
  }
}

describe('the bus of a Nest application', () => {
  let server: TestRedis;
  let app: INestApplication | undefined;
  let alerts: DeadLetterAlert[];
  let registry: Registry;
  const cleanUps: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    server = await startTestRedis();
  });
  beforeEach(async () => {
    seen.length = 0;
    alerts = [];
    registry = new Registry();
    await server.client().flushall();
  });
  afterEach(async () => {
    await app?.close();
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });
  afterAll(() => server.stop());

  const watched = () => ({
    registry,
    timings: { blockMs: 100, drainMs: 1_000 },
    deadLetters: { alertAt: 1, checkEveryMs: 50 },
    observer: { deadLetterAlert: (alert: DeadLetterAlert) => alerts.push(alert) },
  });
  const make = async (imports: RedisStreamsModuleOptions[]): Promise<INestApplication> => {
    const testing = await Test.createTestingModule({
      imports: imports.map((options) => RedisStreamsModule.forRoot(options)),
      controllers: [Tasks],
      providers: imports.length > 0 ? [Plain] : [],
    }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.useLogger(false);
    return app;
  };
  const subscribe = { retryDelaysMs: [] };

  it('is shared by decorators, `subscribe()` and the transport: metrics, observer and alerts are for all', async () => {
    const made = await make([{ url: server.url, ...watched() }]);
    const bus = made.get(MessageBus);
    made.connectMicroservice({ strategy: new RedisStreamsServer({ bus, group: 'tasks', subscribe }) });
    await made.startAllMicroservices();
    await made.init();
    const client = new RedisStreamsClient({ bus, queue: 'tasks', timeoutMs: 5_000 });
    cleanUps.push(() => client.close());
    await firstValueFrom(client.emit('tasks:created', 1));
    await firstValueFrom(client.emit('plain:events', 1));
    expect(await firstValueFrom(client.send('count', {}))).toBe(7);
    await eventually(() => {
      expect(alerts.map(({ stream }) => stream).sort()).toEqual(['plain:events', 'tasks:created']);
    });
    const figures = await registry.metrics();
    expect(figures).toContain('messaging_dead_lettered_total{stream="tasks:created",group="tasks"} 1');
    expect(figures).toContain('messaging_dead_letters{stream="plain:events"} 1');
    expect(figures).toContain(
      'messaging_published_total{stream="tasks:created",type="tasks.created",outcome="accepted"} 1',
    );
    const clients = String(await server.client().client('LIST'));
    expect(clients.match(/name=redis-streams/g)?.length).toBeGreaterThan(0);
    expect(clients).not.toContain('name=nest-');
    await client.close();
    expect(await bus.producer.publish('plain:events', { type: 'a.b', data: 1 })).toMatchObject({
      outcome: 'accepted',
    });
  });

  it('of a transport alone has log, metrics and alerts as well, also in a registry that another one uses', async () => {
    const made = await make([{ url: server.url, registry }]);
    const own = { url: server.url, group: 'tasks', subscribe, ...watched() };
    made.connectMicroservice({ strategy: new RedisStreamsServer(own) });
    await made.startAllMicroservices();
    await made.init();
    await made.get(MessageBus).producer.publish('tasks:created', { type: 'task.created', data: 1 });
    await eventually(() => expect(alerts.map(({ stream }) => stream)).toEqual(['tasks:created']));
    await eventually(async () => {
      const figures = await registry.metrics();
      expect(figures).toContain('messaging_dead_lettered_total{stream="tasks:created",group="tasks"} 1');
      expect(figures).toContain('messaging_pending{stream="tasks:created",group="tasks"} 0');
      expect(figures).toContain('messaging_pending{stream="plain:events",group="svc"} 0');
    });
  });

  it('lets the application start while Redis is away', async () => {
    const proxy = await TcpProxy.start({ port: server.port });
    cleanUps.push(() => proxy.close());
    proxy.refuse();
    const url = `redis://127.0.0.1:${proxy.port}`;
    const made = await make([{ url, timings: watched().timings }]);
    made.connectMicroservice({
      strategy: new RedisStreamsServer({ bus: made.get(MessageBus), group: 'tasks', subscribe }),
    });
    await made.startAllMicroservices();
    await made.init();
    expect(seen).toEqual([]);
    proxy.pass();
    const { producer } = made.get(MessageBus);
    await eventually(() => producer.publish('plain:events', { type: 'a.b', data: 1 }));
    await eventually(() => producer.publish('tasks:created', { type: 'a.b', data: 1 }));
    await eventually(() => expect([...new Set(seen)].sort()).toEqual(['plain', 'transport']));
  });
});
