import { boundOf, toleranceOf, type Figures } from './figures.js';
import { trendOf, verdictOf, type Trend } from './trend.js';

export interface TimedFigures {
  /** ms since the start. */
  readonly at: number;
  readonly figures: Figures;
}

export interface Row {
  readonly figure: string;
  readonly trend: Trend;
  /** `flat`, `growing`, `unclear`; or `bounded`, `over its bound`. */
  readonly verdict: string;
  readonly ok: boolean;
}

/** Share of the run that is left out: heaps grow to their size, records are created, streams fill to their cap. */
const WARM_UP_SHARE = 0.3;

/** What V8 and the allocator do in a few minutes is no trend of an hour. */
const MIN_SPAN_MS = 15 * 60_000;

/** One row per figure, from the samples after the warm-up. */
export function rowsOf(samples: readonly TimedFigures[]): Row[] {
  const end = samples.at(-1)?.at ?? 0;
  const settled = samples.filter(({ at }) => at >= end * WARM_UP_SHARE);
  return Object.keys(settled[0]?.figures ?? {}).flatMap((figure) => {
    const trend = trendOf(settled.map(({ at, figures }) => ({ at, value: figures[figure] ?? Number.NaN })));
    return trend ? [rowOf(figure, trend, end * (1 - WARM_UP_SHARE))] : [];
  });
}

function rowOf(figure: string, trend: Trend, span: number): Row {
  const tolerance = toleranceOf(figure);
  if (tolerance === null) {
    const ok = trend.max <= boundOf(figure);
    return { figure, trend, verdict: ok ? 'bounded' : 'over its bound', ok };
  }
  const verdict = span < MIN_SPAN_MS ? 'unclear' : verdictOf(trend, tolerance);
  return { figure, trend, verdict, ok: verdict !== 'growing' };
}

export function markdownOf(rows: readonly Row[]): string {
  const lines = rows.map(({ figure, trend, verdict }) => {
    const { first, last, max, perHour, uncertainty } = trend;
    const [a, b, c] = [first, last, max].map((value) => value.toFixed(1));
    return `| ${figure} | ${a} | ${b} | ${c} | ${perHour.toFixed(1)} ± ${uncertainty.toFixed(1)} | ${verdict} |`;
  });
  return [
    '| figure | after warm-up | at the end | highest | per hour | verdict |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}
