import type { MessageBus } from '@redis-mongo-sync/redis-streams';

interface User {
  readonly id: string;
  readonly email: string;
}

/**
 * Moving mail out of a monolith. First both do it, the new service only writing down what it would have sent;
 * then a switch, and the old call goes. The event carries the id of the write, so a repeat is no second mail.
 */
class Monolith {
  readonly sent: string[] = [];
  mailIsOurs = true;

  constructor(private readonly bus: MessageBus) {}

  async register(user: User): Promise<void> {
    if (this.mailIsOurs) this.sent.push(user.email);
    await this.bus.producer.publish('users:registered', {
      id: `registered-${user.id}`,
      type: 'user.registered',
      key: user.id,
      data: user,
    });
  }
}

async function mailService(bus: MessageBus, send: (email: string) => void): Promise<void> {
  await bus.consumer.subscribe<User>('users:registered', 'mail', ({ data }) => send(data.email));
}

export async function run(bus: MessageBus, say: (line: string) => void): Promise<void> {
  const monolith = new Monolith(bus);
  const [shadow, real]: [string[], string[]] = [[], []];
  await mailService(bus, (email) => (monolith.mailIsOurs ? shadow : real).push(email));
  const until = async (list: readonly string[], count: number): Promise<void> => {
    while (list.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  await monolith.register({ id: '1', email: 'ann@example.org' });
  await until(shadow, 1);
  say(`compared: monolith sent ${monolith.sent.join()}, service would have sent ${shadow.join()}`);
  monolith.mailIsOurs = false;
  await monolith.register({ id: '2', email: 'bob@example.org' });
  await monolith.register({ id: '2', email: 'bob@example.org' }); // a retried request
  await until(real, 1);
  say(`switched: service sent ${real.join()}`);
}
