/**
 * A consumer in a process of its own, for tests that kill or freeze it. Takes its settings as one JSON
 * argument; prints one JSON line per batch before handling it, and one line `"ready"`.
 */
import { connect } from '../../src/connections.js';
import { StreamConsumer } from '../../src/consumer/stream-consumer.js';
import { fieldOf } from '../../src/stream-entry.js';
import { GROUP, STREAM } from './recorded-consumer.js';

export interface ProcessSettings {
  readonly url: string;
  readonly consumer: string;
  readonly minIdleMs: number;
  /** `hold`: never finishes a batch. `ack`: handles all. `die`: kills itself over the entry `killer`. */
  readonly behaviour: 'hold' | 'ack' | 'die';
  readonly killer?: string;
  /** Waits this long before it acks, ms. */
  readonly delayMs?: number;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as ProcessSettings;
const say = (line: unknown): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

// The pipe ends with the parent: no orphan is left behind when a test run is killed.
process.stdin.resume().on('end', () => process.exit());

const consumer = new StreamConsumer({
  commands: connect({ url: settings.url, profile: 'commands' }),
  stream: STREAM,
  group: GROUP,
  consumer: settings.consumer,
  startId: () => Promise.resolve('0'),
  minIdleMs: settings.minIdleMs,
  reclaimEveryMs: 200,
  blockMs: 200,
  maxDeliveries: 3,
  handler: async (batch) => {
    const values = batch.map((entry) => fieldOf(entry, 'n'));
    say(values);
    if (settings.behaviour === 'hold') await new Promise(() => undefined);
    if (settings.behaviour === 'die' && values.includes(settings.killer))
      process.kill(process.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, settings.delayMs ?? 0));
    return { acked: false };
  },
});
consumer.on('mode', ({ to }) => to === 'tailing' && say('ready'));
void consumer.start();
