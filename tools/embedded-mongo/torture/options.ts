import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run tool -- torture [--kills 200] [--writers 6] [--seed N] [--fsync interval]
Kills the embedded stand-in with SIGKILL again and again while clients write and watch, and compares what
was acknowledged, what is there and what the change streams told.`;

export interface TortureOptions {
  kills: number;
  writers: number;
  /** Chooses the operations and the moments of the kills; the interleaving remains the machine's. */
  seed: number;
  fsync: 'interval' | 'always' | 'none';
}

export class UsageError extends Error {}

export function parseOptions(args: string[]): TortureOptions & { help: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      kills: { type: 'string', default: '200' },
      writers: { type: 'string', default: '6' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      fsync: { type: 'string', default: 'interval' },
      help: { type: 'boolean', default: false },
    },
  });
  const { fsync } = values;
  if (fsync !== 'interval' && fsync !== 'always' && fsync !== 'none') {
    throw new UsageError('--fsync is interval, always or none');
  }
  return {
    kills: positive('kills', values.kills),
    writers: positive('writers', values.writers),
    seed: positive('seed', values.seed),
    fsync,
    help: values.help,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`--${name} ${text} is no positive number`);
  return value;
}
