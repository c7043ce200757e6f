import type { Contestant } from './contestants/contestant.js';
import type { RoundFigures } from './round.js';

interface Row {
  readonly what: string;
  readonly of: (figures: RoundFigures) => number | undefined;
  readonly digits: number;
}

const ROWS: readonly Row[] = [
  { what: 'published one by one, events/s', of: ({ publish }) => publish?.single, digits: 0 },
  { what: 'published in batches of 100, events/s', of: ({ publish }) => publish?.batch, digits: 0 },
  { what: 'processed, events/s', of: ({ process }) => process.rate, digits: 0 },
  { what: 'handlers at once, most', of: ({ process }) => process.atOnce, digits: 0 },
  { what: 'publish: Node CPU, ms per 1,000', of: ({ publish }) => publish?.singleCpu.node, digits: 0 },
  { what: 'publish: Redis CPU, ms per 1,000', of: ({ publish }) => publish?.singleCpu.redis, digits: 0 },
  { what: 'process: Node CPU, ms per 1,000', of: ({ process }) => process.cpu.node, digits: 0 },
  { what: 'process: Redis CPU, ms per 1,000', of: ({ process }) => process.cpu.redis, digits: 0 },
  { what: 'publish → handled, p50 ms', of: ({ latency }) => latency.p50, digits: 1 },
  { what: 'publish → handled, p99 ms', of: ({ latency }) => latency.p99, digits: 1 },
  { what: 'kill -9: lost, of 1,000', of: ({ loss }) => loss.lost, digits: 0 },
  { what: 'kill -9: done more than once', of: ({ loss }) => loss.doubled, digits: 0 },
];

interface ReportInput {
  readonly contestants: readonly Contestant[];
  /** All rounds; within a round one entry per contestant. */
  readonly rounds: readonly (readonly RoundFigures[])[];
}

/** Median (lowest–highest) over the rounds; the last column is the median of the rounds' ratios, ours to BullMQ's. */
export function tableOf({ contestants, rounds }: ReportInput, markdown: boolean): string {
  const titles = ['', ...contestants.map(({ name }) => name), 'ours : BullMQ'];
  const guarantees = ['guarantee', ...contestants.map(({ guarantee }) => guarantee), ''];
  const rows = ROWS.map((row) => [
    row.what,
    ...contestants.map(({ name }) => cellOf(valuesOf(row, name, rounds), row.digits)),
    ratioOf(row, rounds),
  ]);
  return layOut([titles, guarantees, ...rows], markdown);
}

function valuesOf(row: Row, name: string, rounds: ReportInput['rounds']): readonly number[] {
  return rounds.flatMap((round) => {
    const figures = round.find(({ contestant }) => contestant === name);
    return (figures && row.of(figures)) ?? [];
  });
}

function cellOf(values: readonly number[], digits: number): string {
  if (values.length === 0) return '–';
  const text = (value: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? text(low) : `${text(median(values))} (${text(low)}–${text(high)})`;
}

function ratioOf(row: Row, rounds: ReportInput['rounds']): string {
  const ratios = rounds.flatMap((round) => {
    const [ours, theirs] = ['ours', 'BullMQ'].map((name) => valuesOf(row, name, [round])[0]);
    return ours !== undefined && theirs ? [ours / theirs] : [];
  });
  return ratios.length === 0 ? '–' : median(ratios).toFixed(2);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

function layOut(rows: readonly (readonly string[])[], markdown: boolean): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return markdown ? `| ${cells.join(' | ')} |` : cells.join('   ');
  };
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [titles = [], ...rest] = rows;
  return [line(titles), ...(markdown ? [line(rule)] : []), ...rest.map(line)].join('\n');
}
