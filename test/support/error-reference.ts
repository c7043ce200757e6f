import { readFileSync } from 'node:fs';

interface ErrorEntry {
  readonly code: string;
  readonly name: string;
  readonly text: string;
}

const SOURCES = [
  { title: 'Sync: log lines, health, dead letters', file: 'libs/sync-core/src/errors.ts' },
  { title: 'HTTP: `code` and `number` of a problem', file: 'libs/service-kit/src/problems/http-problem.ts' },
] as const;

/** The text of docs/errors.md, from the doc comments of the enums. */
export function errorReference(): string {
  const sections = SOURCES.map(({ title, file }) => {
    const rows = entriesOf(readFileSync(file, 'utf8')).map(
      ({ code, name, text }) => `### ${code} ${name}\n\n${text}`,
    );
    return [`## ${title}`, ...rows].join('\n\n');
  });
  const head =
    '# Errors\n\nGenerated from the doc comments of the error enums by `npm run tool -- docs-errors`.';
  return `${[head, ...sections].join('\n\n')}\n`;
}

function entriesOf(source: string): ErrorEntry[] {
  const members = source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*?)\*\/\s*(\w+) = '(SYNC_\d{3})'/g);
  return [...members].map(([, comment = '', name = '', code = '']) => ({
    code,
    name,
    text: proseOf(comment),
  }));
}

function proseOf(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .filter((line) => line !== '')
    .join('\n');
}
