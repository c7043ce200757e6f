import { parseArgs } from 'node:util';
import { fuzzHttp } from './fuzzed-product.js';
import { printTally } from './print-tally.js';

const HELP = `npm run tool -- fuzz [--requests N] [--seed S]

Generates N requests (20000 unless given) from the OpenAPI documents of the four services, sends them to a product of
its own, and holds every answer to the document. The seed of a run repeats its requests.`;

const { values } = parseArgs({
  options: { requests: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});

if (values.help) console.log(HELP);
else
  process.exitCode = await main(numberOf(values.requests, 20_000), numberOf(values.seed, Date.now() % 1e9));

async function main(requests: number, seed: number): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  console.log(`fuzzing: ${requests} requests, seed ${seed}`);
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const tally = await fuzzHttp({
    requests,
    seed,
    signal: stop.signal,
    onProgress: (so) => {
      const rate = so.requests / seconds();
      const left = (requests - so.requests) / rate;
      const line = `${so.requests}/${requests}, ${rate.toFixed(0)}/s, ${left.toFixed(0)} s left, ${so.failures.length} kinds of failure`;
      process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\n');
  console.log(printTally(tally, seconds()));
  if (stop.signal.aborted) console.log('Interrupted.');
  return tally.failures.length > 0 || stop.signal.aborted ? 1 : 0;
}

function numberOf(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text)) {
    console.error(`${JSON.stringify(text)} is not a whole number\n\n${HELP}`);
    process.exit(2);
  }
  return Number(text);
}
