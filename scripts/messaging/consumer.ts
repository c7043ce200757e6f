import { parseArgs } from 'node:util';
import { findRedis } from './find-redis.js';
import { runTool, type ToolContext } from './run-tool.js';
import { showEvent } from './show-event.js';
import { UsageError } from './usage-error.js';

const HELP = `npm run consumer -- --stream <name> [options]
  Prints the entries of a stream, and goes on with new ones until Ctrl-C. Disturbs nobody: it is no member of a group.
  --stream <name>   e.g. chat:messages
  --from <where>    0: from the beginning; $: only new ones (default); or the id of an entry, exclusive
  --count <n>       ends after n entries`;

const BLOCK_MS = 1_000;
const BATCH = 100;

process.exitCode = await runTool(HELP, consume);

async function consume({ signal, say }: ToolContext): Promise<number> {
  const { stream, from, count } = options();
  const redis = await findRedis(process.env, 'consumer-tool');
  // A blocked read holds up everything else on its connection, and this tool has nothing else.
  signal.addEventListener('abort', () => redis.disconnect());
  say(`${stream} from ${from}; Ctrl-C ends`);
  let after = from === '$' ? ((await redis.xrevrange(stream, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0') : from;
  let seen = 0;
  try {
    while (seen < count && !signal.aborted) {
      const wanted = Math.min(BATCH, count - seen);
      const [read] = (await redis.xread('COUNT', wanted, 'BLOCK', BLOCK_MS, 'STREAMS', stream, after)) ?? [];
      for (const [id, fields] of read?.[1] ?? []) {
        say(showEvent({ id, fields }));
        after = id;
        seen += 1;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error; // Ctrl-C has closed the connection under the read
  } finally {
    redis.disconnect();
  }
  say(`${seen} entries`);
  return 0;
}

function options(): { stream: string; from: string; count: number } {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { stream: text, from: text, count: text } });
  const { stream, from = '$', count = 'Infinity' } = values;
  if (stream === undefined) throw new UsageError('--stream is missing.');
  if (!/^(\$|0|\d{1,20}(-\d{1,20})?)$/.test(from)) {
    throw new UsageError(`--from must be 0, $ or the id of an entry, but is '${from}'.`);
  }
  if (!/^([1-9]\d{0,9}|Infinity)$/.test(count))
    throw new UsageError(`--count must be a number, but is '${count}'.`);
  return { stream, from, count: Number(count) };
}
