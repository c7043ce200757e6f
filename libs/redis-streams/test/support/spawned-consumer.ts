import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sourceArguments } from '@redis-mongo-sync/testing';
import type { ProcessSettings } from './consumer-process.js';

/** `consumer-process.ts` running as a child, with what it has printed. */
export class SpawnedConsumer {
  readonly batches: string[][] = [];
  ready = false;
  errors = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(settings: ProcessSettings) {
    const program = new URL('./consumer-process.ts', import.meta.url);
    this.child = spawn(process.execPath, sourceArguments(program, JSON.stringify(settings)), {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.exited = once(this.child, 'exit');
    this.child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    if (this.child.stdout) createInterface(this.child.stdout).on('line', (line) => this.take(line));
  }

  get values(): string[] {
    return this.batches.flat();
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** What ended the process; undefined while it runs. */
  get endedBy(): NodeJS.Signals | number | undefined {
    return this.child.signalCode ?? this.child.exitCode ?? undefined;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private take(line: string): void {
    const said = JSON.parse(line) as 'ready' | string[];
    if (said === 'ready') this.ready = true;
    else this.batches.push(said);
  }
}
