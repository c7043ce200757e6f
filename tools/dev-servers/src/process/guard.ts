import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const GUARD_SCRIPT = fileURLToPath(new URL('./guard.mjs', import.meta.url));

/**
 * Sees to it that no server and no temporary folder outlives this process, not even after SIGKILL: a small child
 * (`guard.mjs`) is told what to look after and cleans up when its stdin closes. `process.on('exit')` would not do:
 * it does not run after SIGKILL, nor inside a Jest sandbox. One child per process, only while there is a charge.
 */
class Guard {
  readonly #pids = new Set<number>();
  readonly #folders = new Set<string>();
  #child: ChildProcess | undefined;

  watchProcess(pid: number): void {
    this.#pids.add(pid);
    this.#tell();
  }

  forgetProcess(pid: number): void {
    this.#pids.delete(pid);
    this.#tell();
  }

  watchFolder(folder: string): void {
    this.#folders.add(folder);
    this.#tell();
  }

  forgetFolder(folder: string): void {
    this.#folders.delete(folder);
    this.#tell();
  }

  #tell(): void {
    const idle = this.#pids.size === 0 && this.#folders.size === 0;
    if (idle && !this.#child) return;
    this.#child ??= this.#spawn();
    this.#child.stdin?.write(`${JSON.stringify({ pids: [...this.#pids], folders: [...this.#folders] })}\n`);
    if (!idle) return;
    this.#child.stdin?.end();
    this.#child = undefined;
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, [GUARD_SCRIPT], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: process.platform !== 'win32', // out of the terminal's group: Ctrl-C must not reach it
      windowsHide: true,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    child.on('error', () => undefined); // without a guard the orderly stop() still works
    child.stdin?.on('error', () => undefined);
    child.unref();
    (child.stdin as { unref?: () => void } | null)?.unref?.();
    return child;
  }
}

export const guard = new Guard();
