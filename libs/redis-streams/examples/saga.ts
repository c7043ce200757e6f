import { TerminalError, type MessageBus } from '@redis-mongo-sync/redis-streams';

export interface Order {
  readonly orderId: string;
  readonly item: string;
  readonly total: number;
}

/** What a shop has; each part belongs to one service, and only that service changes it. */
export class Shop {
  readonly stock = new Map<string, number>([['book', 5]]);
  readonly credit: number = 100;
  readonly orders = new Map<string, 'placed' | 'confirmed' | 'rejected'>();
}

/**
 * Order → inventory → payment, each service reacting to the one before it. When payment fails, what inventory
 * has reserved is put back: an event of its own, not a rollback.
 */
export async function saga(bus: MessageBus, shop: Shop): Promise<void> {
  await bus.consumer.subscribe<Order>('orders:events', 'inventory', ({ type, data }, context) => {
    if (type === 'order.placed') {
      const left = shop.stock.get(data.item) ?? 0;
      if (left === 0)
        return context.publish('stock:events', { type: 'stock.refused', key: data.orderId, data });
      shop.stock.set(data.item, left - 1);
      context.publish('stock:events', { type: 'stock.reserved', key: data.orderId, data });
    }
  });
  await bus.consumer.subscribe<Order>('stock:events', 'payment', ({ type, data }, context) => {
    if (type !== 'stock.reserved') return;
    if (!(data.total > 0)) throw new TerminalError(`order ${data.orderId} has no total`);
    const outcome = data.total <= shop.credit ? 'payment.taken' : 'payment.refused';
    context.publish('payments:events', { type: outcome, key: data.orderId, data });
  });
  await bus.consumer.subscribe<Order>('payments:events', 'inventory', ({ type, data }) => {
    if (type === 'payment.refused') shop.stock.set(data.item, (shop.stock.get(data.item) ?? 0) + 1);
  });
  for (const stream of ['stock:events', 'payments:events']) {
    await bus.consumer.subscribe<Order>(stream, 'orders', ({ type, data }) => {
      if (type === 'payment.taken') shop.orders.set(data.orderId, 'confirmed');
      if (type.endsWith('.refused')) shop.orders.set(data.orderId, 'rejected');
    });
  }
}

export async function run(bus: MessageBus, say: (line: string) => void): Promise<void> {
  const shop = new Shop();
  await saga(bus, shop);
  const place = (orderId: string, item: string, total: number) => {
    shop.orders.set(orderId, 'placed');
    return bus.producer.publish('orders:events', {
      type: 'order.placed',
      key: orderId,
      data: { orderId, item, total },
    });
  };
  await place('1', 'book', 20);
  await place('2', 'book', 500); // too dear: the reserved book goes back
  await place('3', 'unicorn', 10); // not in stock
  while ([...shop.orders.values()].includes('placed') || shop.stock.get('book') !== 4)
    await new Promise((resolve) => setTimeout(resolve, 10));
  for (const [id, state] of shop.orders) say(`order ${id}: ${state}`);
  say(`books left: ${shop.stock.get('book')}`);
}
