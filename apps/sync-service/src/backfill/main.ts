import { loadConfig, tombstoneTtlMs } from '@redis-mongo-sync/service-kit';
import { connect, errorText } from '@redis-mongo-sync/redis-streams';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import {
  backfill,
  BackfillProgress,
  backfillSource,
  FlowControl,
  LISTED,
  type BackfillSource,
  type BackfillSummary,
} from '@redis-mongo-sync/sync-engine';
import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { entitiesOf, ENTITY_NAMES, entityNamed } from '../entities.js';
import { SyncServiceConfig } from '../sync-service.config.js';
import { grouped } from '../terminal/progress-bar.js';
import { BackfillDisplay } from './backfill-display.js';
import { BACKFILL_HELP, parseBackfillOptions, UsageError, type BackfillOptions } from './options.js';

/*
 * `npm run tool -- backfill`. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted (the same command goes on).
 */

const INTERRUPTED = 130;
const out = process.stdout;
const say = (line: string) => out.write(`${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseBackfillOptions(args, ENTITY_NAMES);
    if (options.help) {
      say(BACKFILL_HELP);
      return 0;
    }
    return await run(options);
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write(`\n${BACKFILL_HELP}\n`);
    return 2;
  }
}

async function run(options: BackfillOptions): Promise<number> {
  const config = loadConfig(SyncServiceConfig, process.env);
  const mongo = await MongoClient.connect(config.mongo.uri, { serverSelectionTimeoutMS: 5_000 });
  const redis = connect({ url: config.redis.url, profile: 'commands', name: 'backfill' });
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const source = backfillSource({
      ...options,
      db: mongo.db(config.mongo.database),
      redis,
      tombstoneTtlMs: tombstoneTtlMs(config.tombstones),
    });
    const entity = entityNamed(entitiesOf(config), options.entity);
    return await perform(options, { entity, source, redis, signal: abort.signal });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    redis.disconnect();
    await mongo.close();
  }
}

interface Work {
  readonly entity: EntityDefinition;
  readonly source: BackfillSource;
  readonly redis: Redis;
  readonly signal: AbortSignal;
}

async function perform(options: BackfillOptions, { entity, source, redis, signal }: Work): Promise<number> {
  const { from, dryRun, restart, rate } = options;
  const stream = KEYS.stream(from === 'mongo' ? 'mongo-to-redis' : 'redis-to-mongo');
  const display = new BackfillDisplay(out);
  const control = new FlowControl({
    rate,
    streamLength: () => redis.xlen(stream),
    signal,
    onWait: (length) => display.wait(stream, length),
  });
  const summary = await backfill({
    entity,
    source,
    dryRun,
    restart,
    progress: new BackfillProgress(redis, from, entity.name),
    passed: (records) => (dryRun ? Promise.resolve() : control.passed(records)),
    signal,
    onStart: (position) => {
      if (!position) return;
      display.startBehind(position.done);
      say(`going on behind ${grouped(position.done)} records (--restart begins anew)`);
    },
    onStep: (step, soFar) => display.step(step, soFar),
  });
  display.clear();
  report(options, summary);
  return summary.complete ? 0 : INTERRUPTED;
}

const MEANING: Readonly<Record<string, string>> = {
  published: 'published to Redis',
  stamped: 'got a version, and travel as changes',
  adopted: 'adopted, on their way to MongoDB',
  overruled: 'replaced by the record that MongoDB has (--prefer redis keeps these)',
  indexed: 'records of the product that the index lacked',
  emitted: 'records of the product that MongoDB had not heard of',
  fine: 'records of the product, nothing to do',
  moved: 'changed while they were looked at; the same command looks again',
};

function report({ from, entity, prefer, dryRun }: BackfillOptions, summary: BackfillSummary): void {
  const { records, counts, leftAlone, leftAloneCount, complete } = summary;
  say(
    `${complete ? '✓' : '·'} ${grouped(records)} records${dryRun ? ' (dry run: nothing was changed)' : ''}`,
  );
  for (const [name, count] of Object.entries(counts)) {
    if (count > 0) say(`  ${grouped(count).padStart(11)}  ${MEANING[name] ?? name}`);
  }
  if (leftAloneCount > 0) {
    say(`  ${grouped(leftAloneCount).padStart(11)}  left alone:`);
    for (const { name, reason } of leftAlone) say(`               ${name.slice(0, 120)}: ${reason}`);
    if (leftAloneCount > LISTED) say(`               … and ${grouped(leftAloneCount - LISTED)} more`);
  }
  if (complete || dryRun) return;
  const more = from === 'redis' && prefer === 'redis' ? ' --prefer redis' : '';
  say(`Interrupted. Go on with: npm run tool -- backfill --from ${from} --entity ${entity}${more}`);
}

process.exitCode = await main(process.argv.slice(2));
