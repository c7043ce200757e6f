import 'reflect-metadata';
import { RedisMessageBus, TerminalError } from '@redis-mongo-sync/redis-streams';
import {
  RedisStreamsClient,
  RedisStreamsExceptionFilter,
  RedisStreamsServer,
} from '@redis-mongo-sync/redis-streams/nest';
import { eventually } from '@redis-mongo-sync/redis-streams/testing';
import { Catch, Controller, UseFilters, type ArgumentsHost, type INestApplication } from '@nestjs/common';
import { BaseRpcExceptionFilter, EventPattern, MessagePattern } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import { addMessages } from '../examples/nest-transport.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

let storeIsUp = false;
const noted: unknown[] = [];

@Catch()
class Noting extends BaseRpcExceptionFilter {
  override catch(exception: Error, host: ArgumentsHost) {
    noted.push(exception.message);
    return super.catch(exception, host);
  }
}

@Controller()
class Tasks {
  tries: Record<string, number> = {};

  @EventPattern<string>('tasks:outage')
  outage(): void {
    this.count('outage');
    if (!storeIsUp) throw Object.assign(new Error('no database'), { code: 'ECONNREFUSED' });
  }

  @EventPattern<string>('tasks:broken')
  broken(): void {
    this.count('broken');
    throw new Error('the real reason');
  }

  @EventPattern<string>('tasks:hopeless')
  hopeless(): void {
    this.count('hopeless');
    throw new TerminalError('never');
  }

  @UseFilters(Noting)
  @EventPattern<string>('tasks:noted')
  noted(): void {
    throw new TerminalError('noted');
  }

  @MessagePattern<string>('fail')
  fail(): void {
    throw new Error('a secret');
  }

  private count(name: string): void {
    this.tries[name] = (this.tries[name] ?? 0) + 1;
  }
}

type Connect = (app: INestApplication, url: string) => Promise<void>;

const ORDERS: Record<string, Connect> = {
  'as in the README': addMessages,
  'with a global filter after `connectMicroservice`': async (app, url) => {
    app.connectMicroservice(
      { strategy: new RedisStreamsServer({ url, group: 'tasks' }) },
      { inheritAppConfig: true },
    );
    app.useGlobalFilters(new RedisStreamsExceptionFilter());
    await app.startAllMicroservices();
  },
  'without the configuration of the application': async (app, url) => {
    app.connectMicroservice({ strategy: new RedisStreamsServer({ url, group: 'tasks' }) });
    await app.startAllMicroservices();
  },
};

describe.each(Object.entries(ORDERS))('an exception of an event handler, %s', (_order, connectTo) => {
  let server: TestRedis;
  let app: NestFastifyApplication;
  let client: RedisStreamsClient;
  beforeAll(async () => {
    server = await startTestRedis();
    const testing = await Test.createTestingModule({ controllers: [Tasks] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.useLogger(false);
    await connectTo(app, server.url);
    client = new RedisStreamsClient({ url: server.url, queue: 'tasks', timeoutMs: 5_000 });
  });
  afterAll(async () => {
    await client.close();
    await app.close();
    await server.stop();
  });

  const lettersOf = (stream: string) =>
    new RedisMessageBus({ commands: server.client() }).deadLetters(stream);
  const errorOf = async (stream: string): Promise<string> => {
    await firstValueFrom(client.emit(stream, 1));
    await eventually(async () => (await lettersOf(stream).size()) === 1);
    return (await lettersOf(stream).list()).letters[0]?.error ?? '';
  };

  it('is waited for when it is an outage: nothing is dead-lettered', async () => {
    storeIsUp = false;
    await firstValueFrom(client.emit('tasks:outage', 1));
    const { tries } = app.get(Tasks);
    await eventually(() => (tries.outage ?? 0) > 5);
    expect(await lettersOf('tasks:outage').size()).toBe(0);
    storeIsUp = true;
    const redis = server.client();
    await eventually(async () => expect((await redis.xpending('tasks:outage', 'tasks'))[0]).toBe(0));
    expect(await lettersOf('tasks:outage').size()).toBe(0);
  });

  it('is in the dead letter with its own reason, after as many tries as it means', async () => {
    expect(await errorOf('tasks:broken')).toContain('the real reason');
    expect(await errorOf('tasks:hopeless')).toContain('never');
    expect(app.get(Tasks).tries).toMatchObject({ broken: 4, hopeless: 1 });
  });

  it('passes through a filter that ends in the base filter', async () => {
    expect(await errorOf('tasks:noted')).toContain('TerminalError: noted');
    expect(noted).toContain('noted');
  });

  it('is not told to whoever sent a request', async () => {
    await expect(firstValueFrom(client.send('fail', {}))).rejects.toMatchObject({
      message: expect.not.stringContaining('secret') as string,
    });
  });
});
