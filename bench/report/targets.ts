import type { Figure } from './figure.js';

/** What a run is meant to reach, and whether it did. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly got: string;
  readonly met: boolean;
}

const MIN_STREAM_TO_REDIS = 20_000;
const MAX_LAG_P99_MS = 50;
const MAX_MEMORY_MB = 200;

/** Checks those targets for which the run has a figure. */
export function targetsOf(figures: readonly Figure[]): readonly Target[] {
  return [...correctness(figures), ...throughput(figures), ...lag(figures), ...memory(figures)];
}

function correctness(figures: readonly Figure[]): Target[] {
  const compared = figures.flatMap(({ comparison }) => comparison ?? []);
  if (compared.length === 0) return [];
  const wrong = compared.filter(({ lost, different, balanced }) => lost + different > 0 || !balanced);
  const got = wrong.length === 0 ? 'so in every comparison' : `not so in ${wrong.length} comparisons`;
  return [{ what: 'lost and different', wanted: '0, the ledger balances', got, met: wrong.length === 0 }];
}

function throughput(figures: readonly Figure[]): Target[] {
  return figures
    .filter(({ scenario }) => scenario === 'stream-to-redis')
    .map(({ what, perSecond }) => ({
      what,
      wanted: `≥ ${MIN_STREAM_TO_REDIS.toLocaleString('en')}/s`,
      got: `${Math.round(perSecond).toLocaleString('en')}/s`,
      met: perSecond >= MIN_STREAM_TO_REDIS,
    }));
}

/** By what a client would see; the service's own figures stand beside it in the table. */
function lag(figures: readonly Figure[]): Target[] {
  return figures.flatMap(({ what, lagMs }) =>
    lagMs && what.endsWith('observer')
      ? {
          what: `${what}, p99`,
          wanted: `< ${MAX_LAG_P99_MS} ms`,
          got: `${lagMs.p99.toFixed(1)} ms`,
          met: lagMs.p99 < MAX_LAG_P99_MS,
        }
      : [],
  );
}

function memory(figures: readonly Figure[]): Target[] {
  const peaks = figures.flatMap(({ load }) => load?.syncServicePeakMb ?? []);
  if (peaks.length === 0) return [];
  const peak = Math.max(...peaks);
  const what = 'sync-service, peak memory of all scenarios';
  return [{ what, wanted: `< ${MAX_MEMORY_MB} MB`, got: `${peak} MB`, met: peak < MAX_MEMORY_MB }];
}
