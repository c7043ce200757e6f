import type { Tally } from './tally.js';

const SHOWN_FAILURES = 20;

/** The figures of a campaign for people: statuses per operation, totals, and how to repeat what failed. */
export function printTally(tally: Tally, seconds: number): string {
  const operations = [...tally.byOperation].sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(...operations.map(([name]) => name.length), 10);
  const rows = operations.map(([name, statuses]) => {
    const total = sum(statuses.values());
    return `${name.padEnd(width)}  ${String(total).padStart(6)}  ${statusesOf(statuses)}`;
  });
  const failures = tally.failures.flatMap(({ operation, fault, count, curl, answer }) => [
    '',
    `✗ ${operation}: ${fault} (${count} times)`,
    `  answer: ${answer}`,
    `  ${curl}`,
  ]);
  return [
    `${'operation'.padEnd(width)}  ${'sent'.padStart(6)}  statuses`,
    ...rows,
    '',
    `all statuses: ${statusesOf(tally.statuses)}`,
    `intents: ${[...tally.byIntent].map(([intent, count]) => `${intent} ${count}`).join(', ')}`,
    `${tally.requests} requests in ${seconds.toFixed(1)} s (${(tally.requests / seconds).toFixed(0)}/s), ` +
      `${tally.failures.length} kinds of failure`,
    ...failures.slice(0, 4 * SHOWN_FAILURES),
  ].join('\n');
}

function statusesOf(statuses: ReadonlyMap<number, number>): string {
  return [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}×${count}`)
    .join(' ');
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
