import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { BSON } from 'mongodb';
import type { TestFile } from './test-file.js';

export interface Suite {
  name: string;
  files: { name: string; content: TestFile }[];
}

/** Folders of the specifications' repository that say nothing about what is tested. */
const UNSPOKEN = new Set(['source', 'tests', 'unified', 'valid-pass']);
/** Tests for test runners: they must fail. */
const NOT_FOR_SERVERS = new Set(['invalid', 'valid-fail']);

/**
 * All files of the unified test format below a folder, one suite per folder; undefined when there are none.
 * Other JSON is passed over.
 */
export function findSuites(root: string): Suite[] | undefined {
  if (!existsSync(root)) return undefined;
  const suites = new Map<string, Suite>();
  for (const path of jsonFiles(root)) {
    const content = BSON.EJSON.parse(readFileSync(path, 'utf8')) as Partial<TestFile> | null;
    if (!content?.schemaVersion || !content.tests) continue;
    const name = suiteName(root, path);
    const suite = suites.get(name) ?? { name, files: [] };
    suite.files.push({ name: basename(path, '.json'), content: content as TestFile });
    suites.set(name, suite);
  }
  return suites.size === 0 ? undefined : [...suites.values()];
}

function jsonFiles(path: string): string[] {
  if (statSync(path).isFile()) return path.endsWith('.json') ? [path] : [];
  return readdirSync(path)
    .sort()
    .filter((name) => !NOT_FOR_SERVERS.has(name) && !name.startsWith('.'))
    .flatMap((name) => jsonFiles(join(path, name)));
}

function suiteName(root: string, path: string): string {
  const folders = relative(root, dirname(path)).split(sep);
  const telling = folders.filter((folder) => folder !== '' && !UNSPOKEN.has(folder));
  return telling.length > 0 ? telling.join('/') : basename(statSync(root).isFile() ? dirname(root) : root);
}
