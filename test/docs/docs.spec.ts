import { readFileSync, writeFileSync } from 'node:fs';
import { errorReference } from '../support/error-reference.js';
import { filesEnding } from '../support/files-ending.js';

const SPEC = 'libs/sync-core/SPEC.md';

describe('documents that are held to the code', () => {
  it('docs/errors.md says what the enums say (npm run tool -- docs-errors writes it)', () => {
    if (process.env.WRITE_DOCS === '1') writeFileSync('docs/errors.md', errorReference());
    expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorReference());
  });

  it('every invariant of SPEC.md has a test that names it, and every test names one that exists', () => {
    const specified = new Set(
      [...readFileSync(SPEC, 'utf8').matchAll(/^### (I\d+)\b/gm)].map(([, id]) => id),
    );
    const tests = filesEnding('.spec.ts').map((file) => readFileSync(file, 'utf8'));
    const vectors = readFileSync('test/vectors/lww.json', 'utf8');
    const tested = new Set([
      ...tests.flatMap((text) => [...text.matchAll(/['"`](I\d+): /g)].map(([, id]) => id)),
      ...[...vectors.matchAll(/"id": "(I\d+)"/g)].map(([, id]) => id),
    ]);
    expect([...specified].filter((id) => !tested.has(id))).toEqual([]);
    expect([...tested].filter((id) => !specified.has(id))).toEqual([]);
    expect(specified.size).toBeGreaterThan(10);
  });

  it('links in the documents lead to files that exist', () => {
    const broken = filesEnding('.md').flatMap((file) => {
      const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
      const targets = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
        ([, to]) => to,
      );
      return targets.filter((to) => !exists(`${folder}/${to}`)).map((to) => `${file} → ${to}`);
    });
    expect(broken).toEqual([]);
  });
});

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}
