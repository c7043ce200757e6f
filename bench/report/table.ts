import type { Figure } from './figure.js';
import type { Target } from './targets.js';

const NONE = '–';

interface Column {
  readonly title: string;
  readonly cell: (figure: Figure) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'what', cell: ({ what }) => what },
  { title: 'events/s', cell: ({ perSecond }) => whole(perSecond) },
  { title: 'beside it', cell: ({ beside }) => (beside ? `${beside.what} ${whole(beside.perSecond)}` : NONE) },
  {
    title: 'ratio',
    cell: ({ beside, perSecond }) => (beside ? (perSecond / beside.perSecond).toFixed(2) : NONE),
  },
  {
    title: 'lag p50 p95 p99 max, ms',
    cell: ({ lagMs }) =>
      lagMs ? [lagMs.p50, lagMs.p95, lagMs.p99, lagMs.max].map((ms) => ms.toFixed(1)).join('  ') : NONE,
  },
  {
    title: 'CPU sync mongo redis, %',
    cell: ({ load }) =>
      load ? [load.syncServiceCpu, load.mongoCpu, load.redisCpu].map(orNone).join('  ') : NONE,
  },
  { title: 'sync peak MB', cell: ({ load }) => orNone(load?.syncServicePeakMb) },
  { title: 'lost', cell: ({ comparison }) => orNone(comparison?.lost) },
  { title: 'different', cell: ({ comparison }) => orNone(comparison?.different) },
  {
    title: 'ledger',
    cell: ({ comparison }) => (comparison ? (comparison.balanced ? 'balance' : 'OFF') : NONE),
  },
];

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => COLUMNS.map(({ cell }) => cell(figure)));
  return layOut(
    COLUMNS.map(({ title }) => title),
    rows,
  );
}

export function targetTableOf(targets: readonly Target[]): string {
  const rows = targets.map(({ what, wanted, got, met }) => [what, wanted, got, met ? 'met' : 'MISSED']);
  return layOut(['target', 'wanted', 'got', ''], rows);
}

/** A table in Markdown, padded so that it reads well as plain text too. Numbers stand at the right. */
function layOut(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const numeric = titles.map((_, column) => rows.every((row) => /^[\d.,–\s]*$/.test(row[column] ?? '')));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, column)).join(' | ')} |`;
  const pad = (cell: string, column: number) =>
    numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  const rule = widths.map((width, column) =>
    numeric[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(titles), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function orNone(value: number | null | undefined): string {
  return value == null ? NONE : whole(value);
}
