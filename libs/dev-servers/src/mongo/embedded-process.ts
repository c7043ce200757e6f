import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../process/server-process.js';
import { directUri, probeMongo } from './probe-mongo.js';

const EMBEDDED_MAIN = 'dist/libs/embedded-mongo/src/main.js';

export interface EmbeddedProcessOptions {
  /** How many changes streams can go back to; default: the stand-in's own. */
  readonly oplogEntries?: number;
}

/**
 * Starts the stand-in for MongoDB as a process of its own.
 * @throws Error when it has not been built, or does not start.
 */
export function startEmbeddedProcess(
  port: number,
  folder: string,
  { oplogEntries }: EmbeddedProcessOptions = {},
): Promise<ServerProcess> {
  const main = join(projectRoot(), EMBEDDED_MAIN);
  if (!existsSync(main)) throw new Error(`${EMBEDDED_MAIN} is missing: run "npm run build" first.`);
  return ServerProcess.start({
    command: process.execPath,
    args: [
      main,
      ...['--port', String(port), '--dbpath', folder],
      ...(oplogEntries === undefined ? [] : ['--oplog-entries', String(oplogEntries)]),
    ],
    env: { ...process.env, NODE_OPTIONS: '' },
    ready: async () => (await probeMongo(directUri(port), 500)).answers,
  });
}

/** The folder with package.json, seen from the source as well as from `dist`. */
function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json was not found above this library.');
    folder = parent;
  }
  return folder;
}
