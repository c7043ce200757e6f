import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.js';

export const LOAD_TEST_HELP = `npm run tool -- load-test [events] [delay] [options]
  Sends events of every kind to a running gateway, and checks that each acknowledged one is in the audit log once.
  events              how many; default 1000
  delay               ms between two events of one lane; default 0
  --concurrency <n>   lanes that send at the same time; default 8
  --rate <n>          at most n events per second, all lanes together
  --url <origin>      the gateway; default: the one that npm start runs, else http://127.0.0.1:3000
  --wait <s>          how long the audit log may take to catch up; default 60
Exit codes: 0 all is well; 1 events were lost, doubled or refused; 2 wrong arguments, or no gateway.`;

export interface Plan {
  readonly events: number;
  readonly delayMs: number;
  readonly concurrency: number;
  /** Events per second; undefined: as fast as they are answered. */
  readonly rate?: number;
  readonly url: string;
  readonly waitMs: number;
}

const MAX_EVENTS = 1_000_000;

/** @throws UsageError */
export function planOf(args: readonly string[], defaultUrl: string): Plan {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { concurrency: text, rate: text, url: text, wait: text },
  });
  const [events = '1000', delay = '0', ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`'${more.join(' ')}' is too much: there are two numbers, and options.`);
  const url = values.url ?? defaultUrl;
  if (!/^https?:\/\/[^\s/]+$/.test(url)) throw new UsageError(`--url must be an origin, but is '${url}'.`);
  return {
    events: numberOf('events', events, 1, MAX_EVENTS),
    delayMs: numberOf('delay', delay, 0, 3_600_000),
    concurrency: numberOf('--concurrency', values.concurrency ?? '8', 1, 1_000),
    ...(values.rate === undefined ? {} : { rate: numberOf('--rate', values.rate, 1, 1_000_000) }),
    url,
    waitMs: 1_000 * numberOf('--wait', values.wait ?? '60', 1, 3_600),
  };
}

function numberOf(name: string, text: string, min: number, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`${name} must be a whole number from ${min} to ${max}, but is '${text}'.`);
}
