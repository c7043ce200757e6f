import { EVENT_STREAM_RULES, registerStream } from '@redis-mongo-sync/event-contract';
import { newEventId, RedisMessageProducer, StreamCatalog } from '@redis-mongo-sync/redis-streams';
import { parseArgs } from 'node:util';
import { findRedis } from './find-redis.js';
import { runTool, type ToolContext } from './run-tool.js';
import { UsageError } from './usage-error.js';

const HELP = `npm run producer -- --stream <name> --type <type> --data <json> [options]
  Publishes events past the event-service, straight into Redis. In a text, {n} is the number of the event.
  --stream <name>   e.g. orders:placed
  --type <type>     e.g. order.placed
  --data <json>     a JSON object, e.g. '{"order":"o-{n}"}'
  --key <text>      what they are about; events of one key keep their order
  --count <n>       how many; default 1`;

const MAX_COUNT = 1_000_000;
const BATCH = 200;
/** As the event-service has it by default. */
const MAX_STREAMS = 64;

process.exitCode = await runTool(HELP, produce);

async function produce({ signal, say }: ToolContext): Promise<number> {
  const { stream, type, data, key, count } = options();
  const redis = await findRedis(process.env, 'producer-tool');
  const catalog = new StreamCatalog({ streams: { [stream]: EVENT_STREAM_RULES } });
  const producer = new RedisMessageProducer({ commands: redis, catalog });
  if (!(await registerStream(redis, stream, MAX_STREAMS)))
    throw new UsageError(`There are ${MAX_STREAMS} streams with events already.`);
  const started = Date.now();
  let sent = 0;
  try {
    while (sent < count && !signal.aborted) {
      const numbers = Array.from({ length: Math.min(BATCH, count - sent) }, (_, i) => sent + i + 1);
      const published = await Promise.all(
        numbers.map((n) => {
          const text = (template: string) => template.replaceAll('{n}', String(n));
          const about = key === undefined ? {} : { key: text(key) };
          const event = { id: newEventId(), type, data: JSON.parse(text(data)) as object, ...about };
          return producer.publish(stream, event);
        }),
      );
      if (count <= 20)
        for (const { entryId, eventId } of published) say(`${entryId}  ${type}  (event ${eventId})`);
      sent += published.length;
    }
  } finally {
    await producer.close();
    redis.disconnect();
  }
  say(`${sent} events on ${stream} in ${((Date.now() - started) / 1000).toFixed(2)} s`);
  return sent === count ? 0 : 130;
}

function options() {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { stream: text, type: text, data: text, key: text, count: text } });
  const { stream, type, data, key, count = '1' } = values;
  if (stream === undefined || type === undefined || data === undefined) {
    throw new UsageError('--stream, --type and --data are needed.');
  }
  const number = Number(count);
  if (!Number.isInteger(number) || number < 1 || number > MAX_COUNT) {
    throw new UsageError(`--count must be 1 to ${MAX_COUNT}, but is '${count}'.`);
  }
  mustBeObject(data.replaceAll('{n}', '1'));
  return { stream, type, data, key, count: number };
}

function mustBeObject(text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--data is not JSON: ${(error as Error).message}. Mind the quotes of your shell.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError('--data must be a JSON object.');
  }
}
