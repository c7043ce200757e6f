import { ODD_KINDS, type OddKind } from '../load/operation.js';
import { isClean, type ChaosReport, type FaultRow } from './report.js';

const EXAMPLES = 10;

const OUTSIDERS: Readonly<Record<OddKind, string>> = {
  values: 'documents with values of all types',
  ids: 'documents with ids of all types',
  big: 'documents of up to 900 KiB',
  stamp: 'something else in the place of a stamp',
  swap: 'two documents that swapped their keys',
  reuse: 'a key removed and used again',
  unusable: 'a key made unusable, or usable again',
};

/** The report for a person; with `markdown`, as tables that can be quoted. */
export function textOf(report: ChaosReport, { markdown }: { readonly markdown: boolean }): string {
  const parts = [table(['figure', 'value'], figures(report), markdown)];
  parts.push(
    table(
      ['fault', 'times', 'recovery p50', 'max', 'slowest write Redis → Mongo'],
      faultRows(report.faults),
      markdown,
    ),
  );
  const trouble = examples(report);
  if (trouble.length > 0) parts.push(trouble.join('\n'));
  if (!markdown)
    parts.push(
      isClean(report)
        ? 'clean'
        : `NOT clean; logs: ${report.logs}${report.trace ? `; traces: ${report.trace}` : ''}`,
    );
  return parts.join('\n\n');
}

function figures(report: ChaosReport): string[][] {
  const { verdict, acknowledged, lag, memoryMb, handOversMs } = report;
  const total = Object.values(acknowledged).reduce((sum, count) => sum + count, 0);
  return [
    [
      'seed, duration',
      `${report.seed}, ${report.seconds} s, MongoDB: ${report.mongo}, ${report.preImages ? 'with' : 'without'} pre-images`,
    ],
    ['writes acknowledged', `${total} (${listed(acknowledged)})`],
    ...ODD_KINDS.map((kind) => [`outsiders: ${OUTSIDERS[kind]}`, String(report.outsiders[kind] ?? 0)]),
    ['refused, outcome unknown', `${report.refused}, ${report.unknown}`],
    ['records compared', String(report.records)],
    ['faults', String(report.faults.length)],
    ['**lost**', `**${verdict.lost.length}**`],
    ['**different**', `**${verdict.different.length}**`],
    ['**duplicated effects**', `**${verdict.duplicated.length}**`],
    ['**resurrected**', `**${verdict.resurrected.length}**`],
    ["**outsiders' values altered**", `**${verdict.altered.length}**`],
    ['**unusable keys not listed, or wrongly**', `**${verdict.unlisted.length}** (of ${report.unusable})`],
    ['lost in a named window', listed(verdict.lostInWindow)],
    [
      'lag Mongo → Redis p50, p99, worst',
      `${lag['mongo-first'].p50}, ${lag['mongo-first'].p99}, ${lag['mongo-first'].max} ms`,
    ],
    [
      'lag Redis → Mongo p50, p99, worst',
      `${lag['redis-first'].p50}, ${lag['redis-first'].p99}, ${lag['redis-first'].max} ms`,
    ],
    [
      'capture taken over after kill -9',
      handOversMs.length === 0 ? '–' : handOversMs.map(seconds).join(', '),
    ],
    [
      'applied by each sync-service',
      Object.entries(report.sharing)
        .map(([id, row]) => `${id} ${listed(row)}`)
        .join('; '),
    ],
    ['to rest after the load', seconds(report.quiesceMs)],
    ['alerts', listed(report.alerts)],
    ['dead letters left', String(report.deadLetters)],
    ['crashes', String(report.crashes.length)],
    [
      'memory, highest (at the end), MB',
      Object.entries(memoryMb.highest)
        .map(([id, mb]) => `${id} ${mb} (${memoryMb.atEnd[id] ?? '–'})`)
        .join(', '),
    ],
    ...Object.entries(report.skipped).map(([kind, why]) => [`skipped: ${kind}`, why]),
    ...Object.entries(report.unexpected).map(([what, count]) => [`answer ${what}`, String(count)]),
  ];
}

function faultRows(faults: readonly FaultRow[]): string[][] {
  const kinds = [...new Set(faults.map(({ kind }) => kind))].sort();
  return kinds.map((kind) => {
    const own = faults.filter((fault) => fault.kind === kind);
    const times = own.map(({ recoveredMs }) => recoveredMs ?? Infinity).sort((a, b) => a - b);
    return [
      kind,
      String(own.length),
      seconds(times[Math.floor((times.length - 1) / 2)]),
      seconds(times.at(-1)),
      seconds(Math.max(...own.map(({ worstToMongoMs }) => worstToMongoMs))),
    ];
  });
}

function examples({ verdict, unrest, crashes, faults }: ChaosReport): string[] {
  const lists = { ...verdict, crashes, lostInWindow: [] as string[] };
  const lines = Object.entries(lists).flatMap(([name, list]) =>
    list.slice(0, EXAMPLES).map((line) => `! ${name}: ${line}`),
  );
  if (unrest !== undefined) lines.push(`! not at rest within the deadline: ${unrest}`);
  for (const { kind, failure } of faults) if (failure) lines.push(`! ${kind}: ${failure}`);
  return lines;
}

function table(head: readonly string[], rows: readonly string[][], markdown: boolean): string {
  const plain = (cell: string) => (markdown ? cell.replaceAll('|', '\\|') : cell.replaceAll('**', ''));
  const cells = [[...head], ...rows].map((row) => row.map(plain));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  if (!markdown) return lines.map((row) => row.join('  ').trimEnd()).join('\n');
  const rule = widths.map((width) => '-'.repeat(Math.max(3, width)));
  return [lines[0], rule, ...lines.slice(1)].map((row) => `| ${(row ?? []).join(' | ')} |`).join('\n');
}

function listed(counts: Readonly<Record<string, number>>): string {
  return (
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || '–'
  );
}

function seconds(ms: number | undefined): string {
  if (ms === undefined) return '–';
  return Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : 'not within 60 s';
}
