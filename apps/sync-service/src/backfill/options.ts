import { parseArgs } from 'node:util';
import { errorText } from '@redis-mongo-sync/redis-streams';

export interface BackfillOptions {
  readonly from: 'mongo' | 'redis';
  readonly entity: string;
  /** Records per second; 0: as fast as it goes. */
  readonly rate: number;
  readonly dryRun: boolean;
  readonly restart: boolean;
  /** Which side stands where both have the record (`--from redis`). */
  readonly prefer: 'mongo' | 'redis';
  readonly help: boolean;
}

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const BACKFILL_HELP = `npm run tool -- backfill --from mongo|redis [options]
  --from mongo      publish every document again; documents without a version get one
  --from redis      adopt keys that Redis had before: JSON strings and hashes under the entity's key pattern
  --entity NAME     default: users
  --prefer SIDE     with --from redis, where MongoDB has the record too: mongo (default) or redis stands
  --rate N          at most N records per second
  --dry-run         count and list, change nothing
  --restart         from the beginning, not from where the last run stopped
REDIS_URL, MONGODB_URI and MONGODB_DATABASE say where the stores are. The sync-service should be running: it carries
what this puts into the streams, and the backfill waits while they are full. Ctrl-C stops; the same command goes on.`;

/** @throws UsageError saying what is wrong */
export function parseBackfillOptions(args: readonly string[], entities: readonly string[]): BackfillOptions {
  const { values } = parse(args);
  const from = values.from;
  const { help = false, entity = entities[0] ?? '', prefer = 'mongo' } = values;
  if (!help && from !== 'mongo' && from !== 'redis') throw new UsageError('--from must be mongo or redis');
  if (!entities.includes(entity)) throw new UsageError(`--entity must be one of: ${entities.join(', ')}`);
  if (prefer !== 'mongo' && prefer !== 'redis') throw new UsageError('--prefer must be mongo or redis');
  const rate = values.rate ?? '0';
  if (!/^\d{1,7}$/.test(rate)) throw new UsageError('--rate must be a whole number of records per second');
  return {
    from: from === 'redis' ? 'redis' : 'mongo',
    entity,
    prefer,
    rate: Number(rate),
    dryRun: values['dry-run'] ?? false,
    restart: values.restart ?? false,
    help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        from: { type: 'string' },
        entity: { type: 'string' },
        prefer: { type: 'string' },
        rate: { type: 'string' },
        'dry-run': { type: 'boolean' },
        restart: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(errorText(error));
  }
}
