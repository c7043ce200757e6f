import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderLockedError, lockFolder } from './folder-lock.js';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
const file = join(folder, 'embedded-mongo.lock');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('lockFolder', () => {
  it('holds the folder until it is released', () => {
    const lock = lockFolder(folder);
    expect(readFileSync(file, 'utf8').trim()).toBe(String(process.pid));
    expect(() => lockFolder(folder)).toThrow(FolderLockedError);
    lock.release();
    expect(existsSync(file)).toBe(false);
    lockFolder(folder).release();
  });

  it('respects a living process and takes over from a dead one', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      writeFileSync(file, `${other.pid}\n`);
      expect(() => lockFolder(folder)).toThrow(`in use by process ${other.pid}`);
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    lockFolder(folder).release();
  });

  it('takes over what a process with the same number left, as in a restarted container', () => {
    writeFileSync(file, `${process.pid}\n`);
    lockFolder(folder).release();
  });

  it('takes over a lock without a process', () => {
    writeFileSync(file, '');
    lockFolder(folder).release();
  });
});
