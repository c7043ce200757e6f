import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { guard } from '@redis-mongo-sync/dev-servers';
import { backOffMs, type BackOffOptions } from '@redis-mongo-sync/redis-streams';

export interface SupervisorOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  /** Gets a line for a person whenever the program ends or is started again. */
  readonly say: (line: string) => void;
  /** Called when it ends with `FATAL_EXIT_CODE`: started again it would only end the same way. */
  readonly onFatal?: () => void;
  readonly backoff?: Backoff;
}

export interface Backoff extends Required<Omit<BackOffOptions, 'random'>> {
  /** After running for this long the next wait is the first one again. */
  readonly resetAfterMs: number;
}

/** "The configuration is wrong" (EX_CONFIG of sysexits.h). */
export const FATAL_EXIT_CODE = 78;

const BACKOFF: Backoff = { baseMs: 500, capMs: 30_000, resetAfterMs: 60_000 };
/** A person reads the waits; the programs are few, and each has its own. */
const NO_JITTER = () => 1;
const STOP_TIMEOUT_MS = 12_000;

/**
 * Keeps one program running. Modes:
 *
 *   idle → running ⇄ waiting     it ended by itself and is started again after a growing wait
 *          running → failed      it ended with FATAL_EXIT_CODE
 *          any     → stopped     stop() or kill(): for good
 */
export type SupervisorMode = 'idle' | 'running' | 'waiting' | 'failed' | 'stopped';

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #backoff: Backoff;
  #mode: SupervisorMode = 'idle';
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failuresInARow = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? BACKOFF;
  }

  get name(): string {
    return this.#options.name;
  }

  get mode(): SupervisorMode {
    return this.#mode;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const { command, args, env, onLine } = this.#options;
    const startedAt = Date.now();
    const child = spawn(command, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32', // Ctrl-C is for the launcher, which stops them in order
      windowsHide: true,
    });
    this.#child = child;
    this.#mode = 'running';
    if (child.pid) guard.watchProcess(child.pid);
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
    child.once('error', (error) => onLine(error.message));
    child.once('close', (code, signal) => this.#ended(child, Date.now() - startedAt, { code, signal }));
  }

  /** Asks it to end and waits; when it takes too long, ends it. */
  async stop(): Promise<void> {
    const child = this.#halt();
    if (!child) return;
    const tooSlow = setTimeout(() => {
      this.#options.say(`${this.name} did not stop within ${STOP_TIMEOUT_MS / 1000} s and was killed`);
      child.kill('SIGKILL');
    }, STOP_TIMEOUT_MS);
    const gone = once(child, 'close');
    child.kill('SIGTERM');
    await gone;
    clearTimeout(tooSlow);
  }

  /** Ends it at once. */
  kill(): void {
    this.#halt()?.kill('SIGKILL');
  }

  #halt(): ChildProcess | undefined {
    this.#mode = 'stopped';
    clearTimeout(this.#timer);
    return this.#child;
  }

  #ended(child: ChildProcess, livedMs: number, how: { code: number | null; signal: string | null }): void {
    if (child.pid) guard.forgetProcess(child.pid);
    this.#child = undefined;
    if (this.#mode === 'stopped') return;
    const cause = how.signal ?? `exit code ${how.code}`;
    if (how.code === FATAL_EXIT_CODE) {
      this.#mode = 'failed';
      this.#options.say(`${this.name} ended: its configuration is wrong`);
      this.#options.onFatal?.();
      return;
    }
    const waitMs = this.#nextWait(livedMs);
    this.#mode = 'waiting';
    this.#options.say(`${this.name} ended (${cause}); starting it again in ${waitMs / 1000} s`);
    this.#timer = setTimeout(() => this.start(), waitMs);
  }

  #nextWait(livedMs: number): number {
    if (livedMs >= this.#backoff.resetAfterMs) this.#failuresInARow = 0;
    this.#failuresInARow += 1;
    return backOffMs(this.#failuresInARow, { ...this.#backoff, random: NO_JITTER });
  }
}
