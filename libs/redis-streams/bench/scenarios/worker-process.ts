import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sourceArguments } from '@redis-mongo-sync/testing';
import type { Place } from '../contestants/contestant.js';

export interface WorkerSettings {
  /** Name of the contestant. */
  readonly contestant: string;
  readonly place: Place;
  /** Hash that the effects go to. */
  readonly effects: string;
  /** How long a handler works after its effect, ms. */
  readonly takesMs: number;
}

/** `worker.ts` as a child of this process; it ends with this process. */
export class WorkerProcess {
  /** Rejects with its last words when it ends before it is ready. */
  readonly ready: Promise<void>;
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(settings: WorkerSettings) {
    const args = sourceArguments(new URL('./worker.ts', import.meta.url), JSON.stringify(settings));
    this.child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.exited = once(this.child, 'exit');
    let errors = '';
    this.child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    this.ready = new Promise((resolve, reject) => {
      if (this.child.stdout) createInterface(this.child.stdout).once('line', () => resolve());
      this.child.once('error', reject);
      this.child.once('exit', () => reject(new Error(`the worker has ended: ${errors.slice(-500)}`)));
    });
    this.ready.catch(() => undefined);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await this.exited;
  }
}
