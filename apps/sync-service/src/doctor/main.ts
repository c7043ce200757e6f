import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, errorText } from '@redis-mongo-sync/redis-streams';
import { loadConfig } from '@redis-mongo-sync/service-kit';
import type { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { entitiesOf, ENTITY_NAMES, entityNamed } from '../entities.js';
import { SyncServiceConfig } from '../sync-service.config.js';
import { EFFORTS, type Effort } from './effort.js';
import { doctor } from './doctor.js';
import { DOCTOR_HELP, parseDoctorOptions, UsageError, type DoctorOptions } from './options.js';
import { ScanProgress } from './report/scan-progress.js';

/*
 * `npm run doctor`. Exit codes: 0 fine, 1 something must be mended, 2 could not look (or wrong usage), 130 interrupted.
 */

const COULD_NOT_LOOK = 2;
const INTERRUPTED = 130;
const CONNECT_TIMEOUT_MS = 5_000;
/** For scans to end and cursors to be closed after Ctrl-C. */
const GRACE_MS = 1_000;

const say = (text: string) => process.stdout.write(`${text}\n`);
const tell = (line: string) => process.stderr.write(`${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseDoctorOptions(args, ENTITY_NAMES);
    if (options.help) return (say(DOCTOR_HELP), 0);
    return await look(options);
  } catch (error) {
    tell(errorText(error));
    if (error instanceof UsageError) tell(`\n${DOCTOR_HELP}`);
    return COULD_NOT_LOOK;
  }
}

async function look(options: DoctorOptions): Promise<number> {
  const config = loadConfig(SyncServiceConfig, process.env);
  const { mongo: settings, redis: redisSettings } = config;
  const mongo = new MongoClient(settings.uri, {
    serverSelectionTimeoutMS: CONNECT_TIMEOUT_MS,
    appName: 'doctor',
  });
  const redis = connect({ url: redisSettings.url, profile: 'commands', name: 'doctor' });
  const abort = new AbortController();
  const progress = new ScanProgress(process.stderr);
  const stop = () => abort.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const interrupted = once(abort.signal, 'abort').then(() => INTERRUPTED);
  const inTime = (ending: Promise<unknown>) => Promise.race([ending.catch(() => undefined), sleep(GRACE_MS)]);
  try {
    const looking = connected(mongo, redis).then(() => {
      const entity = entityNamed(entitiesOf(config), options.entity);
      const db = mongo.db(settings.database);
      const { signal } = abort;
      const context = {
        entity,
        mongo,
        db,
        redis,
        effort: effortOf(options),
        signal,
        progress: progress.show,
      };
      return doctor(context, options, { say: (text) => (progress.clear(), say(text)), tell });
    });
    looking.catch(() => undefined); // after an interruption nobody listens
    const code = await Promise.race([looking, interrupted]);
    if (code === INTERRUPTED) await inTime(looking);
    return code;
  } finally {
    progress.clear();
    process.off('SIGINT', stop).off('SIGTERM', stop);
    redis.disconnect();
    await inTime(mongo.close(true));
  }
}

function effortOf({ full, firstStart }: DoctorOptions): Effort {
  if (firstStart) return EFFORTS.brief;
  return full ? EFFORTS.full : EFFORTS.usual;
}

/** @throws Error naming the store that does not answer */
async function connected(mongo: MongoClient, redis: Redis): Promise<void> {
  await answering('MongoDB', mongo.connect());
  await answering('Redis', redis.ping());
}

async function answering(name: string, answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    throw new Error(`${name} does not answer: ${errorText(error)}`, { cause: error });
  }
}

process.exitCode = await main(process.argv.slice(2));
// A connection that is being made to a server that does not answer would keep the process for half a minute.
if (process.exitCode === INTERRUPTED) process.exit();
