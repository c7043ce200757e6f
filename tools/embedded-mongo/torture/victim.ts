import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sourceArguments } from '@redis-mongo-sync/testing';
import type { Moment } from './moment.js';

const SERVER = new URL('./server.ts', import.meta.url);

interface VictimSettings {
  folder: string;
  fsync: string;
}

/** The server in a process of its own, killed and started again on the same port and folder. */
export class Victim {
  /** Times from starting the process until it listened, in ms. */
  readonly restarts: number[] = [];
  private child: ChildProcess | undefined;
  private port = 0;

  constructor(private readonly settings: VictimSettings) {}

  get uri(): string {
    return `mongodb://127.0.0.1:${this.port}/?replicaSet=rs0`;
  }

  async start(): Promise<void> {
    const { folder, fsync } = this.settings;
    const started = performance.now();
    const child = spawn(process.execPath, sourceArguments(SERVER, String(this.port), folder, fsync), {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.child = child;
    this.port = await readyPort(child);
    this.restarts.push(performance.now() - started);
  }

  /** Resolves when the process is gone; it takes a write to get to the other moments. */
  async kill(moment: Moment = 'any'): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    if (moment === 'any') child.kill('SIGKILL');
    else child.stdin?.write(`${moment}\n`);
    await gone;
  }
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`the server did not start: exit code ${String(code)}`));
    });
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [word, port] = line.split(' ');
      if (word === 'ready') resolve(Number(port));
    });
  });
}
