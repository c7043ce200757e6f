/**
 * Imported first by every command: on a Node that is too old, one clear line instead of a stack trace. Everything the
 * commands import before this has been checked must load on old versions too (hence `import fs from 'node:fs'`).
 */
import { isOldNode, OLDEST_NODE } from './node-version.mjs';

if (isOldNode(process.versions.node)) {
  console.error(
    `Node.js ${OLDEST_NODE} or newer is needed; this is ${process.versions.node} (${process.execPath}). ` +
      'Get a current one from https://nodejs.org or with your version manager (nvm install 22).',
  );
  process.exit(1);
}
