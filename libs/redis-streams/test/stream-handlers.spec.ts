import 'reflect-metadata';
import { MessageProducerService, type MessageEvent } from '@redis-mongo-sync/redis-streams';
import {
  RedisStreamsModule,
  StreamHandler,
  type RedisStreamsModuleOptions,
} from '@redis-mongo-sync/redis-streams/nest';
import { testingRedisStreams } from '@redis-mongo-sync/redis-streams/nest/testing';
import { eventually } from '@redis-mongo-sync/redis-streams/testing';
import { Inject, Injectable, Scope, type INestApplicationContext, type Type } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

const STREAM = 'tasks:events';
const GROUP = { stream: STREAM, group: 'mail' };
const seen: string[] = [];

@Injectable()
class Created {
  @StreamHandler({ ...GROUP, types: ['task.created'] })
  created({ data }: MessageEvent): void {
    seen.push(`created ${String(data)}`);
  }

  @StreamHandler({ ...GROUP, types: ['task.closed'], batch: true })
  closed(deliveries: readonly { event: MessageEvent }[]): void {
    seen.push(...deliveries.map(({ event }) => `closed ${String(event.data)}`));
  }
}

@Injectable()
class Deleted {
  @StreamHandler({ ...GROUP, types: ['task.deleted'], retries: 0 })
  deleted({ data }: MessageEvent): void {
    seen.push(`deleted ${String(data)}`);
  }
}

@Injectable()
class AlsoCreated {
  @StreamHandler({ ...GROUP, types: ['task.created'] })
  alsoCreated(): void {
    seen.push('never');
  }
}

@Injectable()
class Otherwise {
  @StreamHandler({ ...GROUP, types: ['task.moved'], concurrency: 1 })
  one(): void {
    seen.push('never');
  }

  @StreamHandler({ ...GROUP, types: ['task.lost'], concurrency: 2 })
  two(): void {
    seen.push('never');
  }
}

let made = 0;

@Injectable({ scope: Scope.REQUEST })
class PerMessage {
  readonly number = (made += 1);

  constructor(@Inject(REQUEST) private readonly request: MessageEvent) {}

  @StreamHandler({ ...GROUP, types: ['task.created'] })
  created({ id, data }: MessageEvent): void {
    seen.push(`${String(data)} by ${this.number}: ${this.request.id === id}`);
  }
}

describe('handlers of one stream and group', () => {
  let server: TestRedis;
  let app: INestApplicationContext | undefined;
  beforeAll(async () => {
    server = await startTestRedis();
  });
  beforeEach(async () => {
    seen.length = 0;
    made = 0;
    await server.client().flushall();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  afterAll(() => server.stop());

  const start = async (providers: Type[], options: RedisStreamsModuleOptions = { url: server.url }) => {
    const imports = [RedisStreamsModule.forRoot({ timings: { blockMs: 100 }, ...options })];
    const testing = await Test.createTestingModule({ imports, providers }).compile();
    testing.useLogger(false);
    app = testing;
    await testing.init();
    return testing.get(MessageProducerService);
  };

  const publish = async (producer: MessageProducerService, count: number, ...types: string[]) => {
    for (let n = 0; n < count; n += 1)
      for (const type of types) await producer.publish(STREAM, { type, data: n });
  };

  const expected = (count: number, ...names: string[]) =>
    names.flatMap((name) => Array.from({ length: count }, (_, n) => `${name} ${n}`)).sort();

  it('each get every event of their types, none of the others', async () => {
    const producer = await start([Created, Deleted]);
    await publish(producer, 100, 'task.created', 'task.deleted', 'task.closed');
    await eventually(() => seen.length >= 300);
    expect([...seen].sort()).toEqual(expected(100, 'created', 'deleted', 'closed'));
  });

  it('do so with the testing kit as well', async () => {
    const { bus } = testingRedisStreams();
    const producer = await start([Created, Deleted], { bus });
    await publish(producer, 50, 'task.created', 'task.deleted', 'task.closed');
    await bus.settled();
    expect([...seen].sort()).toEqual(expected(50, 'created', 'deleted', 'closed'));
  });

  it('do not start when two of them want one type, or other things for the group', async () => {
    await expect(start([Created, AlsoCreated])).rejects.toThrow(
      /two handlers of one group take task\.created/,
    );
    await app?.close();
    await expect(start([Otherwise])).rejects.toThrow(
      'Otherwise.two and Otherwise.one handle tasks:events for mail: `concurrency` holds for the group',
    );
  });

  it('may be request-scoped: an instance for each message, which is its request', async () => {
    const producer = await start([PerMessage]);
    await publish(producer, 3, 'task.created');
    await eventually(() => seen.length === 3);
    expect([...seen].sort().map((line) => line.replace(/ by \d+/, ''))).toEqual([
      '0: true',
      '1: true',
      '2: true',
    ]);
    expect(new Set(seen.map((line) => / by (\d+)/.exec(line)?.[1])).size).toBe(3);
  });
});
