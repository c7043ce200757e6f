import { UsageError } from './usage-error.js';

export interface ToolContext {
  /** Aborted by Ctrl-C, SIGTERM or a closed terminal. A second one ends the process. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Runs a tool to its end. Exit codes: what it returns; 2 for a wrong command line or a server that is missing; 1 for an
 * unforeseen failure.
 */
export async function runTool(
  help: string,
  main: (context: ToolContext) => Promise<number>,
): Promise<number> {
  if (process.argv.includes('--help')) {
    console.log(help);
    return 0;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort();
    });
  }
  // `npm run consumer | head`: the reader has gone.
  process.stdout.on('error', () => process.exit(0));
  try {
    return await main({ signal: stop.signal, say: (line) => console.log(line) });
  } catch (error) {
    if (!isForPeople(error)) throw error;
    console.error(`${error.message}\n\n${help}`);
    return 2;
  }
}

function isForPeople(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
