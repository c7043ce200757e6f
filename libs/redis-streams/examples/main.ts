/** `npm run tool -- example saga`: runs one example against a Redis of its own. */
import { startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect, RedisMessageBus, type MessageBus } from '@redis-mongo-sync/redis-streams';
import { run as cqrs } from './cqrs.js';
import { run as eventSourcing } from './event-sourcing.js';
import { run as fromMonolith } from './from-monolith.js';
import { run as saga } from './saga.js';

type Example = (bus: MessageBus, say: (line: string) => void) => Promise<void>;
const EXAMPLES: Readonly<Record<string, Example>> = {
  saga,
  cqrs,
  'event-sourcing': eventSourcing,
  'from-monolith': fromMonolith,
};

const name = process.argv[2] ?? '';
const example = Object.hasOwn(EXAMPLES, name) ? EXAMPLES[name] : undefined;
if (example) await runWithRedis(example);
else {
  process.stderr.write(`npm run tool -- example <${Object.keys(EXAMPLES).join(' | ')}>\n`);
  process.exitCode = 2;
}

async function runWithRedis(chosen: Example): Promise<void> {
  const redis = await startPrivateRedis();
  const commands = connect({ url: redis.url, profile: 'commands' });
  const bus = new RedisMessageBus({ commands, timings: { blockMs: 200 } });
  try {
    await chosen(bus, (line) => process.stdout.write(`${line}\n`));
  } finally {
    await bus.close();
    commands.disconnect();
    await redis.stop();
  }
}
