import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Services } from '../support/services.js';
import { readFigures } from './figures.js';
import { steadyLoad } from './load.js';
import { markdownOf, rowsOf, type TimedFigures } from './report.js';

const HELP = `npm run tool -- soak [--minutes M] [--rate R] [--seed S] [--json | --markdown]

Runs the product under steady mixed load (30 minutes, 100 requests/s), samples memory, handles, streams and keys every
10 s, and says of each figure whether it is flat. Exit code 1 when one grows, or the stores do not end equal.`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const SAMPLE_EVERY_MS = 10_000;

if (values.help) console.log(HELP);
else process.exitCode = await soak(positive('minutes'), positive('rate'), positive('seed'));

async function soak(minutes: number, rate: number, seed: number): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  say(`soaking for ${minutes} minutes at ${rate} requests/s, seed ${seed}`);
  const product = await Services.start('child');
  try {
    const over = new AbortController();
    const count = { sent: 0, failed: 0 };
    const load = steadyLoad({ product, seed, rate, signal: over.signal }, count);
    const samples: TimedFigures[] = [];
    const startedAt = performance.now();
    const elapsed = () => performance.now() - startedAt;
    while (elapsed() < minutes * 60_000 && !interrupted.signal.aborted) {
      const wait = Math.min(SAMPLE_EVERY_MS, minutes * 60_000 - elapsed());
      await sleep(wait, undefined, { signal: interrupted.signal }).catch(() => undefined);
      samples.push({ at: elapsed(), figures: await readFigures(product) });
      progress(
        `${(elapsed() / 60_000).toFixed(1)}/${minutes} min, ${count.sent} requests, ${count.failed} failed`,
      );
    }
    over.abort();
    await load;
    const equal = await product.settled().then(
      () => true,
      (error: unknown) => (say(String(error)), false),
    );
    return tell(samples, {
      ...count,
      equal,
      minutes: elapsed() / 60_000,
      interrupted: interrupted.signal.aborted,
    });
  } finally {
    await product.stop();
  }
}

interface Summary {
  readonly sent: number;
  readonly failed: number;
  readonly equal: boolean;
  readonly minutes: number;
  readonly interrupted: boolean;
}

function tell(samples: readonly TimedFigures[], summary: Summary): number {
  const rows = rowsOf(samples);
  const bad = rows.filter(({ ok }) => !ok).map(({ figure, verdict }) => `${figure}: ${verdict}`);
  const passed = bad.length === 0 && summary.equal && summary.failed === 0;
  if (values.json) console.log(JSON.stringify({ ...summary, passed, rows, samples }, null, 2));
  else {
    const { sent, failed, minutes, equal } = summary;
    console.log(`\n${markdownOf(rows)}\n`);
    console.log(
      `${sent} requests in ${minutes.toFixed(1)} minutes, ${failed} failed; stores ${equal ? 'equal' : 'DIFFERENT'}`,
    );
    console.log(
      passed
        ? 'nothing grows'
        : `not well: ${[...bad, ...(failed > 0 ? ['failed requests'] : [])].join('; ')}`,
    );
  }
  if (summary.interrupted) say('Interrupted.');
  return passed && !summary.interrupted ? 0 : 1;
}

function positive(name: 'minutes' | 'rate' | 'seed'): number {
  const value = Number(values[name]);
  if (value > 0 && Number.isFinite(value)) return value;
  console.error(`--${name} must be a positive number\n\n${HELP}`);
  process.exit(2);
}

function say(line: string): void {
  console.error(line);
}

function progress(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
}
