/**
 * A subscription in a process of its own, for tests that kill it. Takes its settings as one JSON argument;
 * prints `"ready"`, then the data of each event before it is handled, one JSON line each.
 */
import type { MessageHandler } from '../../src/bus/message-consumer.js';
import { RedisMessageBus } from '../../src/bus/redis-message-bus.js';
import { connect } from '../../src/connections.js';
import type { ConsumerTimings } from '../../src/subscription/redis-message-consumer.js';

export interface SubscriberSettings {
  readonly url: string;
  readonly stream: string;
  readonly partitions: number;
  /**
   * `hold`: never finishes. `die`: kills itself at once over the event with the data `killer`; others take `takesMs`.
   * `record`: appends the data to the list `seen:<key>` in the step that acks, `takesMs` later.
   */
  readonly behaviour: 'hold' | 'die' | 'record';
  readonly takesMs?: number;
  /** Subscribed as well. */
  readonly otherStream?: string;
  readonly killer?: number;
  readonly instance?: string;
  readonly timings: ConsumerTimings;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as SubscriberSettings;
const say = (line: unknown): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

// The pipe ends with the parent: no orphan is left behind when a test run is killed.
process.stdin.resume().on('end', () => process.exit());

const bus = new RedisMessageBus({
  commands: connect({ url: settings.url, profile: 'commands' }),
  streams: { [settings.stream]: { partitions: settings.partitions } },
  timings: settings.timings,
  ...(settings.instance === undefined ? {} : { instance: settings.instance }),
});
const handler: MessageHandler = async ({ key = '', data }, context) => {
  say(data);
  if (data === settings.killer) process.kill(process.pid, 'SIGKILL');
  if (settings.behaviour === 'record') context.effect('RPUSH', `seen:${key}`, String(data));
  if (settings.takesMs) await new Promise((resolve) => setTimeout(resolve, settings.takesMs));
  if (settings.behaviour === 'hold') await new Promise(() => undefined);
};
const options = { concurrency: settings.behaviour === 'record' ? 10 : 1 };
for (const stream of [settings.stream, settings.otherStream])
  if (stream !== undefined) await bus.consumer.subscribe(stream, 'g', handler, options);
say('ready');
