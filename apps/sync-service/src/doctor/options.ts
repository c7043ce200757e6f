import { parseArgs } from 'node:util';
import { errorText } from '@redis-mongo-sync/redis-streams';

export interface DoctorOptions {
  readonly entity: string;
  readonly full: boolean;
  readonly fix: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Says only what is not fine, and nothing at all once the product is at work on the collection. */
  readonly firstStart: boolean;
  readonly help: boolean;
}

/** The command line is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const DOCTOR_HELP = `npm run doctor -- [options]
  --entity NAME     default: users
  --full            look at every document and key, not at samples of large collections
  --fix             make what is missing and takes nothing away: unique index, pre-images, collection of tombstones
  --dry-run         with --fix: list that, change nothing (without --fix nothing is changed anyway)
  --json            for machines
REDIS_URL, MONGODB_URI and MONGODB_DATABASE say where the stores are. What it does and what is meant: docs/doctor.md
Exit codes: 0 fine, 1 something must be mended, 2 not everything could be looked at (or wrong usage), 130 Ctrl-C.`;

/** @throws UsageError saying what is wrong */
export function parseDoctorOptions(args: readonly string[], entities: readonly string[]): DoctorOptions {
  const { values } = parse(args);
  const entity = values.entity ?? entities[0] ?? '';
  if (!entities.includes(entity)) throw new UsageError(`--entity must be one of: ${entities.join(', ')}`);
  return {
    entity,
    full: values.full,
    fix: values.fix,
    dryRun: values['dry-run'],
    json: values.json,
    firstStart: values['first-start'],
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    entity: { type: 'string' },
    full: flag,
    fix: flag,
    'dry-run': flag,
    json: flag,
    'first-start': flag,
    help: flag,
  } as const;
  try {
    return parseArgs({ args: [...args], options });
  } catch (error) {
    throw new UsageError(errorText(error));
  }
}
