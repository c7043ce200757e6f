import * as fs from 'node:fs';
import { promisify } from 'node:util';

/** The file operations that can fail for want of space, gathered so that tests can make them fail. */
export interface FileLayer {
  open(path: string, flags: 'a' | 'w' | 'r'): number;
  /** Like writev(2): may write less than asked for. Returns the number of bytes written. */
  writev(fd: number, buffers: readonly Uint8Array[]): number;
  truncate(fd: number, length: number): void;
  size(fd: number): number;
  sync(fd: number): Promise<void>;
  close(fd: number): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
}

const fdatasync = promisify(fs.fdatasync);

export const nodeFiles: FileLayer = {
  open: (path, flags) => fs.openSync(path, flags),
  writev: (fd, buffers) => fs.writevSync(fd, buffers),
  truncate: (fd, length) => {
    fs.ftruncateSync(fd, length);
  },
  size: (fd) => fs.fstatSync(fd).size,
  sync: (fd) => fdatasync(fd),
  close: (fd) => {
    fs.closeSync(fd);
  },
  rename: (from, to) => {
    fs.renameSync(from, to);
  },
  remove: (path) => {
    fs.rmSync(path, { force: true });
  },
};

/** Linux takes at most 1,024 buffers per call. */
const MAX_VECTORS = 1_000;

/** Writes everything, however many calls it takes. */
export function writeFully(files: FileLayer, fd: number, buffers: readonly Uint8Array[]): void {
  let rest = [...buffers];
  while (rest.length > 0) {
    let written = files.writev(fd, rest.slice(0, MAX_VECTORS));
    let done = 0;
    for (const buffer of rest) {
      if (written < buffer.length) break;
      written -= buffer.length;
      done += 1;
    }
    rest = rest.slice(done);
    if (written > 0 && rest[0]) rest[0] = rest[0].subarray(written);
  }
}
