import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly rounds: number;
  /** Published, and processed, per contestant and round. */
  readonly events: number;
  readonly concurrency: number;
  /** Events per second while latency is measured. */
  readonly rate: number;
  readonly output: 'table' | 'json' | 'markdown';
  readonly help: boolean;
}

export const USAGE = `npm run tool -- bench-messaging [options]

Our bus, BullMQ and Nest's own Redis transport on one private redis-server (append-only file, everysec), in turns.

  --rounds 3         rounds; each contestant has its turn in each, in changing order
  --events 5000      events per measurement
  --concurrency 50   publishing calls and handlers under way at once
  --rate 200         events per second while latency is measured
  --markdown         the table in Markdown        --json   everything, each round
`;

/** @throws Error naming what is wrong */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      events: { type: 'string', default: '5000' },
      concurrency: { type: 'string', default: '50' },
      rate: { type: 'string', default: '200' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    rounds: whole('rounds', values.rounds, 50),
    events: whole('events', values.events, 1_000_000),
    concurrency: whole('concurrency', values.concurrency, 1_000),
    rate: whole('rate', values.rate, 10_000),
    output: values.json ? 'json' : values.markdown ? 'markdown' : 'table',
    help: values.help,
  };
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`--${name} must be a whole number from 1 to ${most}, not '${text}'`);
}
