import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemErrorCode } from './system-error.js';

export class FolderLockedError extends Error {
  constructor(folder: string, file: string, pid: number) {
    super(
      `data folder ${folder} is in use by process ${pid}; if that is another program, remove ${file} and start again`,
    );
    this.name = 'FolderLockedError';
  }
}

/** Folders locked by this process itself, which a process id alone would not tell. */
const ours = new Set<string>();

/** One server per data folder: a lock file with the process id. The lock of a dead process is taken over. */
export function lockFolder(folder: string): { release(): void } {
  const file = join(resolve(folder), 'embedded-mongo.lock');
  if (ours.has(file)) throw new FolderLockedError(folder, file, process.pid);
  if (!tryCreate(file)) {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    if (pid !== process.pid && isAlive(pid)) throw new FolderLockedError(folder, file, pid);
    rmSync(file, { force: true });
    if (!tryCreate(file))
      throw new FolderLockedError(folder, file, Number.parseInt(readFileSync(file, 'utf8'), 10));
  }
  ours.add(file);
  return {
    release: () => {
      ours.delete(file);
      rmSync(file, { force: true });
    },
  };
}

function tryCreate(file: string): boolean {
  try {
    const fd = openSync(file, 'wx');
    writeSync(fd, `${process.pid}\n`);
    closeSync(fd);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) !== 'ESRCH';
  }
}
