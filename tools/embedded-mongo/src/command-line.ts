import { parseArgs } from 'node:util';
import { errorText } from './errors.js';
import type { FsyncMode } from './journal/group-commit.js';
import type { EmbeddedMongoOptions } from './options.js';

export const USAGE = `Usage: embedded-mongo [--port 27017] [--dbpath <folder>] [--fsync interval|always|none]
                      [--oplog-entries 150000] [--quiet]
  --port    port on 127.0.0.1; 0 takes any free one (default 27017)
  --dbpath  folder for the data; without it everything is in memory only
  --fsync   when the log goes to the disk: every 100 ms (interval, default), before each
            acknowledgement (always), or when the operating system likes (none)
  --oplog-entries
            how many changes streams can go back to (default 150000)
  --quiet   only the line that says it is ready`;

export class UsageError extends Error {}

interface CommandLine {
  options: EmbeddedMongoOptions;
  quiet: boolean;
  help: boolean;
}

/** Throws {@link UsageError} with what is wrong. */
export function parseCommandLine(args: string[]): CommandLine {
  const values = parseOrExplain(args);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${values.port} is no port`);
  return {
    options: {
      port,
      fsync: parseFsync(values.fsync),
      ...(values.dbpath !== undefined && { dbPath: values.dbpath }),
      ...(values['oplog-entries'] !== undefined && { oplogEntries: parseCount(values['oplog-entries']) }),
    },
    quiet: values.quiet,
    help: values.help,
  };
}

function parseOrExplain(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string', default: '27017' },
        dbpath: { type: 'string' },
        fsync: { type: 'string', default: 'interval' },
        'oplog-entries': { type: 'string' },
        quiet: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(errorText(error));
  }
}

function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`--oplog-entries ${value} is no number of changes`);
  return count;
}

function parseFsync(value: string): FsyncMode {
  if (value === 'interval' || value === 'always' || value === 'none') return value;
  throw new UsageError(`--fsync ${value} is not one of interval, always, none`);
}
