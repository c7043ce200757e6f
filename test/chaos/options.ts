import { parseArgs } from 'node:util';
import { FAULTS } from './faults/catalog.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly minutes: number;
  /** Kinds of faults to choose from; empty: all. */
  readonly only: readonly string[];
  /** Client writes per second, both sides together. */
  readonly rate: number;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly help: boolean;
}

export class ChaosUsageError extends Error {}

export const HELP = `npm run chaos -- [--minutes 5] [--seed 1] [--rate 100] [--only kind,kind] [--json] [--markdown]
  --minutes   how long faults and load go on; starting and the comparison at the end come on top
  --seed      fixes the order of the faults and the content of the load; their timing cannot be exact
  --rate      client writes per second on both sides together
  --only      kinds of faults, or their families (service, redis, mongo, network, clock)
  --json      the report as JSON on standard output;  --markdown: as a table
kinds: ${FAULTS.map(({ kind }) => kind).join(', ')}
Exit code 0 only when nothing is lost, different, duplicated or resurrected, nothing crashed, and every fault
was recovered from within a minute; 1 when not; 2 wrong usage.`;

/** @throws ChaosUsageError with what is wrong */
export function parseOptions(args: readonly string[]): ChaosOptions {
  const values = parse(args);
  const only = (values.only ?? '').split(',').filter(Boolean);
  for (const name of only) {
    if (!FAULTS.some(({ kind, family }) => kind === name || family === name))
      throw new ChaosUsageError(`there is no kind of fault '${name}'`);
  }
  return {
    seed: number('seed', values.seed ?? String(Date.now() % 1_000_000), { least: 0, most: 2 ** 31 }),
    minutes: number('minutes', values.minutes ?? '5', { least: 0.1, most: 24 * 60 }),
    rate: number('rate', values.rate ?? '100', { least: 1, most: 5_000 }),
    only,
    json: values.json ?? false,
    markdown: values.markdown ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...{ seed: text, minutes: text, rate: text, only: text },
    ...{ json: flag, markdown: flag, help: flag },
  };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new ChaosUsageError((error as Error).message);
  }
}

function number(name: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most))
    throw new ChaosUsageError(`--${name} ${text} is not between ${least} and ${most}`);
  return value;
}
