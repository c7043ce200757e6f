import type { ResolvedServer } from '@redis-mongo-sync/dev-servers';

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;

export interface ServerKeeper {
  stop(): Promise<void>;
  /** Ends it at once, without an orderly stop. */
  kill(): void;
}

/** Restarts a Redis or MongoDB that was started here when it dies; one that was found running is left to its owner. */
export function keepServerAlive(
  title: string,
  server: ResolvedServer,
  say: (line: string) => void,
): ServerKeeper {
  const { process } = server;
  if (!process) return { stop: () => Promise.resolve(), kill: () => undefined };
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const again = (waitMs: number) => {
    if (stopped) return;
    say(`${title} ended; starting it again in ${waitMs / 1000} s`);
    timer = setTimeout(() => {
      process.restart().then(watch, (error: Error) => {
        say(`${title} did not start: ${error.message}`);
        again(Math.min(waitMs * 2, MAX_WAIT_MS));
      });
    }, waitMs);
  };
  const watch = () => process.onExit(() => again(FIRST_WAIT_MS));
  watch();
  const end = () => {
    stopped = true;
    clearTimeout(timer);
  };
  return {
    stop: () => {
      end();
      return process.stop();
    },
    kill: () => {
      end();
      void process.kill();
    },
  };
}
