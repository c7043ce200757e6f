import { join } from 'node:path';
import { recordHeader } from './record.js';
import { writeFully, type FileLayer } from './file-layer.js';

export const segmentName = (segment: number): string => `oplog-${String(segment).padStart(6, '0')}.bson`;

/**
 * Appends records to the newest log segment. After a failed write the file is cut back to its last whole
 * record before anything else is written, so that a full disk leaves no half record behind.
 */
export class LogWriter {
  private fd: number;
  private length: number;
  private torn = false;
  private unsynced = false;
  private broken: Error | undefined;

  constructor(
    private readonly files: FileLayer,
    private readonly folder: string,
    private segmentNumber: number,
  ) {
    this.fd = this.open(segmentNumber);
    this.length = files.size(this.fd);
  }

  get segment(): number {
    return this.segmentNumber;
  }

  get bytes(): number {
    return this.length;
  }

  /** All of the records or none. Throws what the file system threw. */
  write(records: readonly (readonly Uint8Array[])[]): void {
    if (this.broken) throw this.broken;
    this.cutBack();
    const buffers = records.flatMap((body) => [recordHeader(body), ...body]);
    this.torn = true;
    try {
      writeFully(this.files, this.fd, buffers);
      this.torn = false;
    } catch (error) {
      this.tryCutBack();
      throw error;
    }
    this.unsynced = true;
    for (const buffer of buffers) this.length += buffer.length;
  }

  /** Brings everything written so far to the disk. A failure is final: nobody knows what is on the disk then. */
  async sync(): Promise<void> {
    if (!this.unsynced) return;
    this.unsynced = false;
    try {
      await this.files.sync(this.fd);
    } catch (error) {
      this.broken = new Error('the log could not be synced to disk; restart the server', { cause: error });
      throw this.broken;
    }
  }

  /** Goes on in a new segment. The old one is synced first: it will not be touched again. */
  async rotate(): Promise<void> {
    await this.sync();
    const fd = this.open(this.segmentNumber + 1);
    this.files.close(this.fd);
    this.fd = fd;
    this.segmentNumber += 1;
    this.length = 0;
    this.torn = false;
  }

  async close(): Promise<void> {
    await this.sync();
    this.tryCutBack();
    this.files.close(this.fd);
  }

  private open(segment: number): number {
    return this.files.open(join(this.folder, segmentName(segment)), 'a');
  }

  private cutBack(): void {
    if (!this.torn) return;
    this.files.truncate(this.fd, this.length);
    this.torn = false;
  }

  private tryCutBack(): void {
    try {
      this.cutBack();
    } catch {
      // Tried again before the next write, and recovery cuts an unfinished record off as well.
    }
  }
}
