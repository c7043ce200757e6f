import type { MessageBus } from '@redis-mongo-sync/redis-streams';

interface Placed {
  readonly customer: string;
  readonly total: number;
}

/** The read model: total per customer, kept by events. Rebuilt at any time by replaying them. */
export async function readModel(bus: MessageBus, totals: Map<string, number>): Promise<void> {
  await bus.consumer.subscribe<Placed>(
    'orders:events',
    'totals-view',
    ({ data: { customer, total } }) => void totals.set(customer, (totals.get(customer) ?? 0) + total),
    { types: ['order.placed'] },
  );
}

export async function run(bus: MessageBus, say: (line: string) => void): Promise<void> {
  const totals = new Map<string, number>();
  const sum = () => [...totals.values()].reduce((a, b) => a + b, 0);
  const until = async (wanted: number): Promise<void> => {
    while (sum() !== wanted) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  await readModel(bus, totals);
  for (const [customer, total] of [
    ['ann', 10],
    ['bob', 5],
    ['ann', 7],
  ] as const)
    await bus.producer.publish('orders:events', {
      type: 'order.placed',
      key: customer,
      data: { customer, total },
    });
  await until(22);
  say(`ann has ordered for ${totals.get('ann')}`);
  totals.clear(); // the view is lost, or of a new shape
  await bus.replayer.replayToGroup('orders:events', 'totals-view', 'beginning');
  await until(22);
  say(`rebuilt: ann has ordered for ${totals.get('ann')}`);
}
