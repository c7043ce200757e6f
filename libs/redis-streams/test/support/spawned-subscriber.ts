import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sourceArguments } from '@redis-mongo-sync/testing';
import type { SubscriberSettings } from './subscriber-process.js';

/** `subscriber-process.ts` running as a child, with what it has printed. */
export class SpawnedSubscriber {
  readonly seen: unknown[] = [];
  ready = false;
  ended = false;
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(settings: SubscriberSettings) {
    const program = new URL('./subscriber-process.ts', import.meta.url);
    this.child = spawn(process.execPath, sourceArguments(program, JSON.stringify(settings)), {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.exited = once(this.child, 'exit').then(() => (this.ended = true));
    if (!this.child.stdout) return;
    createInterface(this.child.stdout).on('line', (line) => {
      const said: unknown = JSON.parse(line);
      if (said === 'ready') this.ready = true;
      else this.seen.push(said);
    });
  }

  async kill(): Promise<void> {
    if (!this.ended) this.child.kill('SIGKILL');
    await this.exited;
  }
}
