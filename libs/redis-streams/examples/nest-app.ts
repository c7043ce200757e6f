import {
  MessageProducerService,
  type MessageContext,
  type MessageEvent,
} from '@redis-mongo-sync/redis-streams';
import { RedisStreamsModule, StreamHandler } from '@redis-mongo-sync/redis-streams/nest';
import { Injectable, Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { Order } from './quick-start.js';

const url = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';
const registry = new Registry();

@Injectable()
export class Shop {
  constructor(private readonly producer: MessageProducerService) {}

  async place(order: Order): Promise<void> {
    await this.producer.publish('orders:events', { type: 'order.placed', key: order.customer, data: order });
  }
}

@Injectable()
export class Billing {
  @StreamHandler({ stream: 'orders:events', group: 'billing', types: ['order.placed'] })
  onOrder({ data }: MessageEvent<Order>, context: MessageContext): void {
    context.effect('HINCRBY', 'turnover', data.customer, data.total);
    context.publish('invoices:events', { type: 'invoice.written', key: data.customer, data });
  }
}

@Module({
  imports: [RedisStreamsModule.forRoot({ url, registry, streams: { 'orders:events': { partitions: 8 } } })],
  providers: [Shop, Billing],
})
export class AppModule {}
