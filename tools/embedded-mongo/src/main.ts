#!/usr/bin/env node
import { parseCommandLine, USAGE, UsageError } from './command-line.js';
import { NOTICE } from './commands/diagnostics.js';
import { errorText } from './errors.js';
import { FolderLockedError } from './journal/folder-lock.js';
import { systemErrorCode } from './journal/system-error.js';
import { startEmbeddedMongo, type EmbeddedMongo } from './start.js';

/** Exit codes of the command line. */
const EXIT = { failure: 1, usage: 2, portTaken: 3, folderLocked: 4 } as const;

async function main(): Promise<void> {
  const { options, quiet, help } = parseCommandLine(process.argv.slice(2));
  if (help) {
    print(USAGE);
    return;
  }
  if (!quiet) print(`${NOTICE}: no users, no encryption, one node`);
  const server = await startEmbeddedMongo(options);
  const { recovery } = server;
  if (recovery && !quiet) {
    print(`recovered ${recovery.documents} documents and ${recovery.records} log records`);
    if (recovery.tornBytes > 0) print(`cut off ${recovery.tornBytes} bytes of an unfinished record`);
  }
  print(`embedded-mongo ready ${server.uri}`);
  stopOnSignal(server);
}

function stopOnSignal(server: EmbeddedMongo): void {
  const stop = () => {
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        explain(error);
      },
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function explain(error: unknown): never {
  const portTaken = systemErrorCode(error) === 'EADDRINUSE';
  const message = errorText(error);
  if (error instanceof UsageError) {
    process.stderr.write(`${message}\n${USAGE}\n`);
    process.exit(EXIT.usage);
  }
  const hint = portTaken ? '; choose another --port, or stop what uses this one' : '';
  process.stderr.write(`embedded-mongo cannot start: ${message}${hint}\n`);
  if (portTaken) process.exit(EXIT.portTaken);
  process.exit(error instanceof FolderLockedError ? EXIT.folderLocked : EXIT.failure);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch(explain);
