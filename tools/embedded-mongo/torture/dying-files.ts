import { nodeFiles, type FileLayer } from '../src/journal/file-layer.js';
import type { Moment } from './moment.js';

/** Files whose next write can be the last thing this process does. */
export class DyingFiles {
  readonly layer: FileLayer = { ...nodeFiles, writev: (fd, buffers) => this.writev(fd, buffers) };
  private moment: Moment = 'any';

  dieAt(moment: Moment): void {
    this.moment = moment;
  }

  private writev(fd: number, buffers: readonly Uint8Array[]): number {
    switch (this.moment) {
      case 'any':
        return nodeFiles.writev(fd, buffers);
      case 'after-write':
        nodeFiles.writev(fd, buffers);
        return die();
      case 'within-write':
        nodeFiles.writev(fd, [firstHalf(Buffer.concat(buffers))]);
        return die();
    }
  }
}

function firstHalf(bytes: Buffer): Uint8Array {
  return bytes.subarray(0, Math.ceil(bytes.length / 2));
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
}
