import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { guard } from './guard.js';
import { waitUntil } from './wait-until.js';

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** True as soon as the server serves clients. Polled after each start; must not throw. */
  readonly ready: () => Promise<boolean>;
  /** Milliseconds until `ready` must hold. Default 30 s. */
  readonly startTimeoutMs?: number;
}

/** What a test may do to a server: to a process on this machine or to a container. */
export interface ServerControl {
  /** The server's process id (a container's: as the host sees it); undefined while it is down. */
  readonly pid: number | undefined;
  /** Ends it without warning; resolves once it is gone. `SIGKILL` by default. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stops it in its tracks with its connections open (SIGSTOP): a partition, seen from its clients. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Starts it again on the same port and data, after an orderly stop if it is running. */
  restart(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 5_000;
const LAST_WORDS_MS = 50; // 'exit' may come before the last output
const OUTPUT_LINES = 12;

/** A server running as a child of this process, on a port and data of its own. Never outlives this process. */
export class ServerProcess implements ServerControl {
  readonly #command: ServerCommand;
  #child: ChildProcess | undefined;
  #output: string[] = [];

  private constructor(command: ServerCommand) {
    this.#command = command;
  }

  /** @throws Error with the server's last lines when it ends or does not become ready in time. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(command);
    await server.#start();
    return server;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  freeze(): Promise<void> {
    return this.#signal('SIGSTOP');
  }

  thaw(): Promise<void> {
    return this.#signal('SIGCONT');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.#start();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const tooSlow = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.kill('SIGCONT'); // a frozen process would never see SIGTERM
    await this.kill('SIGTERM');
    clearTimeout(tooSlow);
  }

  /** Calls `listener` when the running server ends, whatever the reason; after a restart, register again. */
  onExit(listener: () => void): void {
    this.#child?.once('exit', listener);
  }

  #signal(signal: NodeJS.Signals): Promise<void> {
    if (process.platform === 'win32') return Promise.reject(new Error('Windows cannot freeze a process.'));
    this.#child?.kill(signal);
    return Promise.resolve();
  }

  async #start(): Promise<void> {
    const child = this.#spawn();
    const name = basename(this.#command.command);
    const timeoutMs = this.#command.startTimeoutMs ?? 30_000;
    const ended = () => this.#child !== child;
    const up = await waitUntil(this.#command.ready, { timeoutMs, giveUp: ended });
    if (up) return;
    const why = ended() ? 'ended at once' : `was not ready after ${timeoutMs} ms`;
    await this.kill();
    await delay(LAST_WORDS_MS);
    throw new Error(`${name} ${why}:\n${this.#output.join('\n')}`);
  }

  #spawn(): ChildProcess {
    const child = spawn(this.#command.command, this.#command.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#command.env ?? process.env,
      detached: process.platform !== 'win32', // Ctrl-C in the terminal is for the launcher: servers stop last
      windowsHide: true,
    });
    this.#child = child;
    this.#output = [];
    const { pid } = child;
    if (pid) guard.watchProcess(pid);
    const ended = () => {
      if (pid) guard.forgetProcess(pid);
      if (this.#child === child) this.#child = undefined;
    };
    child.once('exit', ended);
    child.once('error', (error) => {
      this.#output.push(error.message);
      ended();
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.#remember(chunk));
    }
    return child;
  }

  #remember(chunk: Buffer): void {
    const lines = chunk.toString('utf8').split('\n').filter(Boolean);
    this.#output = [...this.#output, ...lines].slice(-OUTPUT_LINES);
  }
}
