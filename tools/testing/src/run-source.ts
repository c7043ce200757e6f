import { fileURLToPath } from 'node:url';

const LOADER = new URL('../ts-loader.mjs', import.meta.url).href;

/** Node's arguments to run a TypeScript source as a process of its own, from wherever the caller runs. */
export function sourceArguments(program: URL, ...args: readonly string[]): string[] {
  return ['--import', LOADER, fileURLToPath(program), ...args];
}
