import { startEmbeddedMongo, type FsyncMode } from '../src/index.js';

/** The process that gets killed. Arguments: port, data folder, fsync mode. Prints `ready <port>`. */
const [port = '0', dbPath = '', fsync = 'interval'] = process.argv.slice(2);

/** Small, so that many of the kills fall into the writing of a snapshot. */
const COMPACT_BYTES = 256 * 1024;

const server = await startEmbeddedMongo({
  port: Number(port),
  dbPath,
  fsync: fsync as FsyncMode,
  compactBytes: COMPACT_BYTES,
});
process.stdout.write(`ready ${server.port}\n`);
