/**
 * How fast one consumer empties a filled stream when its handler does nothing: the library's own cost.
 *
 *     node --import ./tools/testing/ts-loader.mjs libs/redis-streams/bench/drain.ts [entries]
 *
 * Prints one line per run, after a calibration line of the same client on the same machine.
 */
import { StreamConsumer } from '../src/consumer/stream-consumer.js';
import { startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '../src/connections.js';

const ENTRIES = Number(process.argv[2] ?? 200_000);
const RUNS = 5;
const JSON_FIELD = JSON.stringify({
  eventId: 'redis:someone@example.org:1767225600000000',
  pad: 'x'.repeat(260),
});

const server = await startPrivateRedis();
const client = connect({ url: server.url, profile: 'commands' });
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const rate = (count: number, startedAt: number): string =>
  `${Math.round(count / ((performance.now() - startedAt) / 1_000)).toLocaleString('en')}/s`;

async function calibrate(): Promise<void> {
  const startedAt = performance.now();
  for (let round = 0; round < 1_000; round += 1) {
    const pipeline = client.pipeline();
    for (let index = 0; index < 100; index += 1) pipeline.set(`k${index}`, 'v');
    await pipeline.exec();
  }
  print(`calibration: SET, pipeline of 100: ${rate(100_000, startedAt)}`);
}

async function fill(): Promise<void> {
  for (let done = 0; done < ENTRIES; done += 1_000) {
    const pipeline = client.pipeline();
    for (let index = 0; index < 1_000; index += 1) pipeline.xadd('s', '*', 'e', JSON_FIELD);
    await pipeline.exec();
  }
}

async function drain(maxInFlightBatches: number): Promise<void> {
  await client.flushall();
  await fill();
  let handled = 0;
  let finished: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finished = resolve));
  const consumer = new StreamConsumer({
    commands: client,
    stream: 's',
    group: 'g',
    consumer: 'bench',
    startId: () => Promise.resolve('0'),
    maxInFlightBatches,
    handler: (batch) => {
      handled += batch.length;
      if (handled === ENTRIES) finished();
      return Promise.resolve({ acked: false });
    },
  });
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  void consumer.start();
  await done;
  await consumer.stop({ deadlineMs: 5_000 });
  const speed = rate(ENTRIES, startedAt);
  const [pending] = (await client.xpending('s', 'g')) as [number];
  if (pending !== 0 || consumer.snapshot().handled !== ENTRIES)
    throw new Error(`${pending} entries not acked`);
  const { user, system } = process.cpuUsage(cpu);
  const perEntry = ((user + system) / ENTRIES).toFixed(1);
  print(`drain, ${maxInFlightBatches} in flight: ${speed}, ${perEntry} µs CPU per entry`);
}

await calibrate();
for (let run = 0; run < RUNS; run += 1) await drain(1);
await drain(2);
client.disconnect();
await server.stop();
