import { connect, RedisMessageBus } from '@redis-mongo-sync/redis-streams';

export interface Order {
  readonly customer: string;
  readonly total: number;
}

type Bill = (order: Order, signal: AbortSignal) => Promise<void>;

/** Bills orders until it is told to stop. */
export async function quickStart(url: string, bill: Bill, stop: Promise<unknown>): Promise<void> {
  const commands = connect({ url, profile: 'commands' });
  const bus = new RedisMessageBus({ commands, streams: { 'orders:events': { partitions: 8 } } });

  await bus.consumer.subscribe<Order>('orders:events', 'billing', async (event, { signal }) => {
    await bill(event.data, signal);
  });
  const order = { customer: 'customer-7', total: 20 };
  await bus.producer.publish('orders:events', { type: 'order.placed', key: order.customer, data: order });

  await stop;
  await bus.close(); // finishes what is in hand
  commands.disconnect();
}
