import { createInterface } from 'node:readline';
import { startEmbeddedMongo, type FsyncMode } from '../src/index.js';
import { DyingFiles } from './dying-files.js';
import { isMoment } from './moment.js';

/**
 * The process that gets killed. Arguments: port, data folder, fsync mode. Prints `ready <port>`. A line on
 * stdin names the moment at which it is to end itself.
 */
const [port = '0', dbPath = '', fsync = 'interval'] = process.argv.slice(2);

/** Small, so that many of the kills fall into the writing of a snapshot. */
const COMPACT_BYTES = 256 * 1024;

const files = new DyingFiles();
createInterface({ input: process.stdin }).on('line', (moment) => {
  if (isMoment(moment)) files.dieAt(moment);
});
const server = await startEmbeddedMongo({
  port: Number(port),
  dbPath,
  fsync: fsync as FsyncMode,
  compactBytes: COMPACT_BYTES,
  files: files.layer,
});
process.stdout.write(`ready ${server.port}\n`);
