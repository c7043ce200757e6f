import type { MessageBus } from '@redis-mongo-sync/redis-streams';

interface Booked {
  readonly account: string;
  readonly amount: number;
}

/** The state is what its events add up to – now, or as it was after any of them. */
export async function balanceOf(bus: MessageBus, account: string, upTo?: string | Date): Promise<number> {
  let balance = 0;
  const range = { from: 'beginning' as const, ...(upTo === undefined ? {} : { to: upTo }) };
  await bus.replayer.replay('accounts:booked', range, ({ event }) => {
    const booked = event.data as Booked;
    if (booked.account === account) balance += booked.amount;
  });
  return balance;
}

export async function run(bus: MessageBus, say: (line: string) => void): Promise<void> {
  bus.define('accounts:booked', { trim: 'none' }); // the events are the truth: none may be trimmed
  const entryIds: string[] = [];
  for (const amount of [100, -30, 50]) {
    const event = { type: 'account.booked', key: 'a-1', data: { account: 'a-1', amount } };
    entryIds.push((await bus.producer.publish('accounts:booked', event)).entryId);
  }
  say(`balance: ${await balanceOf(bus, 'a-1')}`);
  say(`balance after the second booking: ${await balanceOf(bus, 'a-1', entryIds[1])}`);
}
