import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../process/server-process.js';
import { directUri, probeMongo } from './probe-mongo.js';

/** The same from `src` and from `dist`. */
const EMBEDDED_MAIN = fileURLToPath(new URL('../../../embedded-mongo/dist/main.js', import.meta.url));

interface EmbeddedProcessOptions {
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
  if (!existsSync(EMBEDDED_MAIN)) {
    throw new Error(`${EMBEDDED_MAIN} is missing: run "npm run build" first.`);
  }
  return ServerProcess.start({
    command: process.execPath,
    args: [
      EMBEDDED_MAIN,
      ...['--port', String(port), '--dbpath', folder],
      ...(oplogEntries === undefined ? [] : ['--oplog-entries', String(oplogEntries)]),
    ],
    env: { ...process.env, NODE_OPTIONS: '' },
    ready: async () => (await probeMongo(directUri(port), 500)).answers,
  });
}
