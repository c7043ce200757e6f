import { createWriteStream } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { openAuditLog, writeNdjson, type AuditLog, type AuditQuery } from '../src/index.js';
import { benchEntries, occurredAtOf } from './bench-entries.js';

const REPEATS = 100;

/** Fills a log in PostgreSQL and prints what using it costs. */
export async function largeLog(url: string, rows: number, print: (line: string) => void): Promise<void> {
  const log = openAuditLog({ store: 'postgres', url }, { timeoutMs: 60_000 });
  try {
    await log.prepare();
    await fill(log, rows, print);
    await latencies(log, rows, print);
    await timed('stats', () => log.stats(), print);
    await exportAll(log, rows, print);
    const verified = await timed('verify everything', () => log.verify(), print);
    if (verified.outcome !== 'intact') throw new Error('the chain is broken');
    const { last } = await log.stats();
    const olderThan = (last?.recordedAt ?? 0) + 1;
    const removed = await timed(
      'retention of everything, in steps of 1,000',
      () => log.retention({ olderThan }),
      print,
    );
    if (removed !== rows - 1) throw new Error(`${removed} removed`);
  } finally {
    await log.close();
  }
}

async function fill(log: AuditLog, rows: number, print: (line: string) => void): Promise<void> {
  const begin = performance.now();
  for (let first = 0; first < rows; first += 1000) {
    await log.append(benchEntries(1000, first));
    if ((first + 1000) % 250_000 === 0) print(`  ${first + 1000} rows after ${seconds(begin)} s`);
  }
}

async function latencies(log: AuditLog, rows: number, print: (line: string) => void): Promise<void> {
  const middle = Math.floor(rows / 2);
  const day = { from: occurredAtOf(middle), to: occurredAtOf(middle + 86_400) };
  const queries: Readonly<Record<string, (n: number) => AuditQuery>> = {
    'newest 100': () => ({}),
    'of an entity': (n) => ({ entityId: `user-${(n * 31) % 10_000}` }),
    'of a stream and type': (n) => ({ stream: 'task:queue', type: `task:queue.${n % 3}` }),
    'of a type that is not there': () => ({ type: 'nothing' }),
    'of an hour in the middle': (n) => ({
      from: occurredAtOf(middle + n),
      to: occurredAtOf(middle + n + 3600),
    }),
    'of a day in the middle': () => day,
    'of the older half, newest first': () => ({ to: occurredAtOf(middle) }),
  };
  for (const [name, query] of Object.entries(queries)) {
    const times: number[] = [];
    for (let n = 0; n < REPEATS; n++) {
      const begin = performance.now();
      await log.query(query(n));
      times.push(performance.now() - begin);
    }
    times.sort((one, other) => one - other);
    const at = (part: number) => (times[Math.floor(times.length * part)] ?? 0).toFixed(1);
    print(`query ${name}: median ${at(0.5)} ms, p99 ${at(0.99)} ms (${rows} rows, pages of 100)`);
  }
}

async function exportAll(log: AuditLog, rows: number, print: (line: string) => void): Promise<void> {
  let highest = 0;
  const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage().rss)), 50);
  const before = process.memoryUsage().rss;
  await timed(
    `export ${rows} entries as NDJSON`,
    () => writeNdjson(log.export(), createWriteStream('/dev/null')),
    print,
  );
  clearInterval(watch);
  print(`  memory of the process: ${mb(before)} before, ${mb(highest)} at most`);
}

async function timed<T>(name: string, step: () => Promise<T>, print: (line: string) => void): Promise<T> {
  const begin = performance.now();
  const result = await step();
  print(`${name}: ${seconds(begin)} s`);
  return result;
}

function seconds(begin: number): string {
  return ((performance.now() - begin) / 1000).toFixed(1);
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`;
}
