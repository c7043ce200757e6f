import { performance } from 'node:perf_hooks';
import type { AuditLog } from '../src/index.js';
import { benchEntries } from './bench-entries.js';

interface AppendRun {
  /** Logs that append at the same time, each with entries of its own. */
  readonly appenders: number;
  /** Altogether. */
  readonly entries: number;
  readonly batch: number;
}

/** Entries per second, made durable, counted afterwards. */
export async function appendRate(open: () => AuditLog, run: AppendRun): Promise<number> {
  const logs = Array.from({ length: run.appenders }, open);
  try {
    await logs[0]?.prepare();
    const before = await totalOf(logs[0]);
    const each = Math.floor(run.entries / run.appenders);
    const begin = performance.now();
    await Promise.all(
      logs.map((log, index) => appendAll(log, { each, batch: run.batch, prefix: `log-${before}-${index}` })),
    );
    const seconds = (performance.now() - begin) / 1000;
    const total = (await totalOf(logs[0])) - before;
    if (total !== each * run.appenders) throw new Error(`${each * run.appenders} appended, ${total} there`);
    return total / seconds;
  } finally {
    await Promise.all(logs.map((log) => log.close()));
  }
}

async function totalOf(log: AuditLog | undefined): Promise<number> {
  return (await log?.stats())?.total ?? 0;
}

async function appendAll(
  log: AuditLog,
  { each, batch, prefix }: { each: number; batch: number; prefix: string },
): Promise<void> {
  for (let first = 0; first < each; first += batch) {
    await log.append(benchEntries(Math.min(batch, each - first), first, prefix));
  }
}
