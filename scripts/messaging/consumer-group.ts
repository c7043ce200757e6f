import { StreamConsumer, streamInfo } from '@redis-mongo-sync/redis-streams';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { findRedis } from './find-redis.js';
import { runTool, type ToolContext } from './run-tool.js';
import { showEvent } from './show-event.js';
import { UsageError } from './usage-error.js';

const HELP = `npm run consumer-group -- --group <name> [options]
  Reads a stream as a member of a consumer group: start it twice, and the two share the entries; kill one, and the other
  takes over what it had not acknowledged.
  --group <name>      made when it is not there, from the beginning of the stream
  --consumer <name>   this member; default <host>-<pid>
  --stream <name>     default chat:messages
  --take-over <ms>    takes over what another member has not acknowledged for so long; default 10000
  --hold              acknowledges nothing, to see a take-over: kill it, and start another
  --temporary         removes the group at the end; one that stays and is not read keeps the stream from being trimmed`;

const STOP_MS = 5_000;

process.exitCode = await runTool(HELP, consume);

async function consume({ signal, say }: ToolContext): Promise<number> {
  const { stream, group, consumer: name, takeOverMs, hold, temporary } = options();
  const redis = await findRedis(process.env, 'consumer-group-tool');
  const consumer = new StreamConsumer({
    commands: redis,
    stream,
    group,
    consumer: name,
    startId: () => Promise.resolve('0'),
    minIdleMs: takeOverMs,
    reclaimEveryMs: Math.max(500, takeOverMs / 4),
    handler: async (batch, { attempt, signal: stopping }) => {
      for (const entry of batch) say(`${attempt > 1 ? `again (${attempt})  ` : ''}${showEvent(entry)}`);
      if (hold) await aborted(stopping);
      return { acked: false };
    },
  });
  consumer.on('group-created', () => say(`· the group ${group} was made`));
  consumer.on('reclaimed', ({ count }) =>
    say(`· took over ${count} entries that another member had not acknowledged`),
  );
  consumer.on('dead-lettered', ({ id, error }) => say(`· ${id} is a dead letter now: ${String(error)}`));
  consumer.on('breaker', ({ state }) =>
    say(state === 'open' ? '· Redis does not answer; waiting' : '· Redis answers'),
  );
  signal.addEventListener('abort', () => void consumer.stop({ deadlineMs: hold ? 0 : STOP_MS }));
  say(`${name} reads ${stream} in group ${group}; Ctrl-C ends`);
  const end = await consumer.start();
  await report();
  redis.disconnect();
  if (end.kind === 'fatal') throw new UsageError(`It cannot go on: ${String(end.error)}`);
  return 0;

  async function report(): Promise<void> {
    const { handled, reclaimed } = consumer.snapshot();
    const { groups } = await streamInfo(redis, stream);
    const mine = groups.find((candidate) => candidate.name === group);
    say(
      `${handled} handled, ${reclaimed} taken over; in the group ${mine?.pending ?? 0} pending, ${mine?.lag ?? '?'} unread`,
    );
    if (temporary) await redis.xgroup('DESTROY', stream, group);
    else
      say(
        `The group stays, and keeps what it has not read from being trimmed: XGROUP DESTROY ${stream} ${group} removes it.`,
      );
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

function options() {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      group: text,
      consumer: text,
      stream: text,
      'take-over': { ...text, default: '10000' },
      hold: flag,
      temporary: flag,
    },
  });
  const {
    group,
    stream = 'chat:messages',
    consumer = `${hostname()}-${process.pid}`,
    hold,
    temporary,
  } = values;
  if (group === undefined) throw new UsageError('--group is missing.');
  const takeOverMs = Number(values['take-over']);
  if (!Number.isInteger(takeOverMs) || takeOverMs < 100) {
    throw new UsageError(`--take-over must be 100 ms at least, but is '${values['take-over']}'.`);
  }
  return { group, stream, consumer, takeOverMs, hold, temporary };
}
