import 'reflect-metadata';
import { MessageProducerService, type MessageEvent } from '@redis-mongo-sync/redis-streams';
import {
  RedisStreamsClient,
  RedisStreamsExceptionFilter,
  RedisStreamsModule,
  RedisStreamsServer,
  StreamHandler,
} from '@redis-mongo-sync/redis-streams/nest';
import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { EventEmitter, once } from 'node:events';
import { firstValueFrom } from 'rxjs';

/* An application outside the project: publishes and handles events with decorators, and over the transport. */

interface Order {
  readonly customer: string;
  readonly total: number;
}

const [url = ''] = process.argv.slice(2);
const arrivals = new EventEmitter();
const handled = once(arrivals, 'order');
const heard = once(arrivals, 'task');

@Injectable()
class Billing {
  @StreamHandler({ stream: 'orders:events', group: 'billing', types: ['order.placed'] })
  onOrder({ data }: MessageEvent<Order>): void {
    arrivals.emit('order', data);
  }
}

@Controller()
class Tasks {
  @EventPattern('tasks:created')
  created(@Payload() { title }: { title: string }): void {
    arrivals.emit('task', title);
  }

  @MessagePattern('sum')
  sum(@Payload() numbers: readonly number[]): number {
    return numbers.reduce((sum, number) => sum + number, 0);
  }
}

@Module({
  imports: [RedisStreamsModule.forRoot({ url, streams: { 'orders:events': { partitions: 2 } } })],
  controllers: [Tasks],
  providers: [Billing],
})
class AppModule {}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
  logger: ['error', 'warn'],
});
app.connectMicroservice(
  { strategy: new RedisStreamsServer({ url, group: 'tasks' }) },
  { inheritAppConfig: true },
);
app.useGlobalFilters(new RedisStreamsExceptionFilter());
await app.startAllMicroservices();
await app.init();

const producer = app.get(MessageProducerService);
await producer.publish('orders:events', {
  type: 'order.placed',
  key: 'ann',
  data: { customer: 'ann', total: 20 },
});
const client = new RedisStreamsClient({ url, queue: 'tasks', timeoutMs: 10_000 });
await firstValueFrom(client.emit('tasks:created', { title: 'write' }));
const sum: number = await firstValueFrom(client.send('sum', [1, 2, 3]));
const [order] = (await handled) as [Order];
const [title] = (await heard) as [string];
process.stdout.write(`${JSON.stringify({ order, title, sum })}\n`);

await client.close();
await app.close();
