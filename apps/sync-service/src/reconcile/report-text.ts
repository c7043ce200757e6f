import { DIFFERENCE_KINDS, type DifferenceKind } from '@redis-mongo-sync/sync-core';
import { grouped } from '../terminal/progress-bar.js';
import type { RunView } from '@redis-mongo-sync/sync-engine';

const MEANING: Readonly<Record<DifferenceKind, string>> = {
  missing: 'MongoDB has it, Redis does not',
  extra: 'Redis has it, MongoDB does not',
  older: "Redis's version is older",
  newer: "Redis's version is newer",
  different: 'same version, another content',
  unstamped: "MongoDB's document has no version",
  unindexed: 'in Redis, but not in the index',
  dangling: 'in the index, but not in Redis',
};

/** Rows of the table; the rest is counted. */
const ROWS = 20;

/** What a run came to, for a person. */
export function reportText({ state, report, request, error }: RunView): string {
  if (!report) return `✗ ${error ?? state}`;
  const { compared, left, repaired, settling, buckets, unequalBuckets, differences } = report;
  const mark = left === 0 && state === 'done' ? '✓' : '✗';
  const looked =
    request.mode === 'full' ? ` in ${grouped(buckets)} buckets, ${grouped(unequalBuckets)} unequal` : '';
  const lines = [`${mark} ${grouped(compared)} records compared${looked}: ${grouped(left)} differ`];
  for (const kind of DIFFERENCE_KINDS) {
    const count = report.found[kind];
    if (count > 0) lines.push(`  ${grouped(count).padStart(9)}  ${kind.padEnd(11)} ${MEANING[kind]}`);
  }
  if (repaired > 0) lines.push(`  ${grouped(repaired).padStart(9)}  repaired`);
  if (settling > 0)
    lines.push(`  ${grouped(settling).padStart(9)}  kept moving while they were looked at; run it again`);
  if (differences.length > 0) lines.push('', ...tableOf(differences));
  if (state === 'cancelled') lines.push('Interrupted: the rest was not compared.');
  if (state === 'failed') lines.push(`The run failed: ${error ?? ''}`);
  if (left > 0 && !request.repair) lines.push('', 'Next: the same command with --repair mends them.');
  return lines.join('\n');
}

function tableOf(differences: NonNullable<RunView['report']>['differences']): string[] {
  const rows = differences
    .slice(0, ROWS)
    .map(({ key, kind, mongoVersion, redisVersion, left }) =>
      [
        kind.padEnd(11),
        String(mongoVersion ?? '–').padEnd(17),
        String(redisVersion ?? '–').padEnd(17),
        left ? 'differs ' : 'repaired',
        key,
      ].join('  '),
    );
  const head = [
    'kind'.padEnd(11),
    'MongoDB version'.padEnd(17),
    'Redis version'.padEnd(17),
    'state   ',
    'key',
  ].join('  ');
  const more = differences.length > ROWS ? [`… and more: GET /reconcile/<id> lists up to 500`] : [];
  return [head, ...rows, ...more];
}
