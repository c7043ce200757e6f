import { parseArgs } from 'node:util';
import { errorText } from '@redis-mongo-sync/redis-streams';
import type { ReconcileRequest } from '@redis-mongo-sync/sync-core';

export interface ReconcileCliOptions {
  /** The request as the API takes it; what is absent has the API's defaults. */
  readonly request: Partial<ReconcileRequest>;
  /** Of the sync-service. */
  readonly url: string;
  readonly help: boolean;
}

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const RECONCILE_HELP = `npm run tool -- reconcile [options]
  --full            compare every record, not a random sample
  --sample N        records in the sample (1 to 10000; default: SYNC_RECONCILE_SAMPLE of the service)
  --repair          mend what differs; without it nothing is changed
  --entity NAME     default: users
  --depth DEPTH     content (default), or versions: quicker, blind to other contents of one version
  --extra WHAT      what --repair does with records that only Redis has: emit them to MongoDB (default), or remove them
  --rate N          at most N records per second
  --url URL         the sync-service; default: the one that runs here, else http://127.0.0.1:3002
ADMIN_TOKEN must be that of the service. Ctrl-C ends the run; what it has repaired stays repaired.
Exit codes: 0 equal, 1 differences are left (or the run failed), 2 wrong usage.`;

/** @throws UsageError saying what is wrong */
export function parseReconcileOptions(args: readonly string[], defaultUrl: string): ReconcileCliOptions {
  const { values } = parse(args);
  if (values.full && values.sample !== undefined)
    throw new UsageError('--full and --sample exclude each other');
  const url = values.url ?? defaultUrl;
  if (!/^https?:\/\/\S+$/.test(url)) throw new UsageError('--url must be an http or https URL');
  const request = {
    ...(values.full ? { mode: 'full' as const } : {}),
    ...(values.repair ? { repair: true } : {}),
    ...(values.entity === undefined ? {} : { entity: values.entity }),
    ...(values.depth === undefined ? {} : { depth: oneOf('depth', values.depth, ['content', 'versions']) }),
    ...(values.extra === undefined ? {} : { extra: oneOf('extra', values.extra, ['emit', 'remove']) }),
    ...(values.sample === undefined ? {} : { sample: wholeNumber('sample', values.sample, 1, 10_000) }),
    ...(values.rate === undefined ? {} : { rate: wholeNumber('rate', values.rate, 0, 1_000_000) }),
  };
  return { request, url: url.replace(/\/+$/, ''), help: values.help ?? false };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    full: flag,
    repair: flag,
    help: flag,
    sample: text,
    entity: text,
    depth: text,
    extra: text,
    rate: text,
    url: text,
  };
  try {
    return parseArgs({ args: [...args], options });
  } catch (error) {
    throw new UsageError(errorText(error));
  }
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (!found) throw new UsageError(`--${name} must be ${allowed.join(' or ')}`);
  return found;
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new UsageError(`--${name} must be a whole number from ${min} to ${max}`);
  return value;
}
