import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { sourceArguments } from '@redis-mongo-sync/testing';

/** A process beside this one that answers questions one after the other. */
export class Child {
  private constructor(private readonly process: ChildProcess) {}

  /** Starts a module of this folder; resolves to the child and what it says first. */
  static async start<T>(module: string, ...args: string[]): Promise<[Child, T]> {
    const [flag = '', loader = '', script = ''] = sourceArguments(new URL(`./${module}.ts`, import.meta.url));
    const child = new Child(fork(script, args, { execArgv: [flag, loader, '--expose-gc'] }));
    return [child, await child.answer<T>()];
  }

  async ask<T>(question: string): Promise<T> {
    this.process.send(question);
    return this.answer<T>();
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await gone;
  }

  private async answer<T>(): Promise<T> {
    const ended = once(this.process, 'exit').then(([code]) => {
      throw new Error(`a process of the bench ended: ${String(code)}`);
    });
    ended.catch(() => undefined);
    const [said] = (await Promise.race([once(this.process, 'message'), ended])) as [T];
    return said;
  }
}
