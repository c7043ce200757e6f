import type { Finding, Verdict } from '../finding.js';
import { grouped } from '../shown.js';
import { WORDS } from './words.js';

/** What was looked at: entity, database and collection, Redis keys. */
export interface Subject {
  readonly entity: string;
  readonly collection: string;
  readonly keys: string;
}

const WORD_WIDTH = 16;
const INDENT = ' '.repeat(WORD_WIDTH + 4);

/** All findings, area by area, with examples and what mends them. */
export function tableText(subject: Subject, findings: readonly Finding[]): string {
  const areas = [...new Set(findings.map(({ area }) => area))];
  const blocks = areas.map((area) => {
    const lines = findings.filter((finding) => finding.area === area).flatMap(linesOf);
    return [`${area}:`, ...lines].join('\n');
  });
  return [titleOf(subject), ...blocks, summaryOf(findings)].join('\n\n');
}

/** What hinders or loses something, one line each. */
export function shortTableText(subject: Subject, findings: readonly Finding[]): string {
  const odd = findings.filter(({ verdict }) => verdict !== 'fine' && verdict !== 'notice');
  const lines = odd.map((finding) => `  ${rowOf(finding)}`);
  const more = `  npm run doctor -- --entity ${subject.entity}   says more, with what mends it`;
  return [titleOf(subject), ...lines, `  ${summaryOf(findings)}`, more].join('\n');
}

function titleOf({ entity, collection, keys }: Subject): string {
  return `${entity}: MongoDB ${collection}, Redis ${keys}`;
}

function linesOf(finding: Finding): string[] {
  const { examples = [], mend = [], fix } = finding;
  return [
    `  ${rowOf(finding)}`,
    ...examples.map((example) => `${INDENT}e.g. ${example}`),
    ...mend.map((command) => `${INDENT}→ ${command}`),
    ...(fix ? [`${INDENT}→ or --fix, to ${fix.says}`] : []),
  ];
}

function rowOf({ area, verdict, name, says, count, sample }: Finding): string {
  const noun = area === 'keys' ? 'key' : 'document';
  const nouns = `${noun}${(sample ?? count) === 1 ? '' : 's'}`;
  const of = sample === undefined ? '' : ` of ${grouped(sample)}`;
  const counted = count === undefined ? '' : `, ${grouped(count)}${of} ${nouns}`;
  return `${WORDS[verdict].padEnd(WORD_WIDTH)}${name}${counted}: ${says}`;
}

const ORDER: readonly Verdict[] = ['mend', 'unseen', 'skipped', 'notice', 'fine'];

function summaryOf(findings: readonly Finding[]): string {
  const parts = ORDER.map((verdict) => {
    const count = findings.filter((finding) => finding.verdict === verdict).length;
    return count === 0 ? '' : `${count} ${WORDS[verdict]}`;
  });
  return parts.filter(Boolean).join(', ');
}
