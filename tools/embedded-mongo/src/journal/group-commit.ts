import { commandError, errorText } from '../errors.js';
import type { LogWriter } from './log-writer.js';
import { systemErrorCode } from './system-error.js';

export type FsyncMode = 'interval' | 'always' | 'none';

/** One record that waits to be written; exactly one of the two callbacks is called. */
export interface PendingRecord {
  body: readonly Uint8Array[];
  /** The record is in the file: it may be acknowledged and shown. */
  written(): void;
  /** The record is not in the file: what it says has to be taken back. */
  failed(): void;
}

interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * Gathers the records of one turn of the event loop into a single write (and, in `always` mode, a single
 * fdatasync). When that fails, everything that waits is taken back, newest first: later records build on
 * earlier ones.
 */
export class GroupCommit {
  private pending: PendingRecord[] = [];
  private waiters = deferred();
  private scheduled = false;
  private running: Promise<void> | undefined;

  constructor(
    private readonly log: LogWriter,
    private readonly mode: FsyncMode,
    private readonly onFlushed: () => void,
  ) {}

  /** Resolves when the record is written, rejects when it was taken back. */
  add(record: PendingRecord): Promise<void> {
    this.pending.push(record);
    // Even while a flush runs: it may just have looked for the last time.
    if (!this.scheduled) {
      this.scheduled = true;
      setImmediate(() => {
        this.scheduled = false;
        this.start();
      });
    }
    return this.waiters.promise;
  }

  /** Resolves when nothing waits any more, whether written or taken back. */
  async drain(): Promise<void> {
    while (this.pending.length > 0 || this.running) {
      this.start();
      await this.running;
    }
  }

  private start(): void {
    this.running ??= this.flush().finally(() => (this.running = undefined));
  }

  private async flush(): Promise<void> {
    while (this.pending.length > 0) {
      const group = this.pending;
      const waiters = this.waiters;
      this.pending = [];
      this.waiters = deferred();
      try {
        this.log.write(group.map((record) => record.body));
        if (this.mode === 'always') await this.log.sync();
      } catch (error) {
        this.takeBack(group, waiters, error);
        continue;
      }
      for (const record of group) record.written();
      waiters.resolve();
      this.onFlushed();
    }
  }

  private takeBack(group: readonly PendingRecord[], waiters: Deferred, cause: unknown): void {
    const error = refusal(cause);
    for (const record of [...group, ...this.pending].reverse()) record.failed();
    if (this.pending.length > 0) {
      this.waiters.reject(error);
      this.pending = [];
      this.waiters = deferred();
    }
    waiters.reject(error);
  }
}

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function refusal(cause: unknown): Error {
  const message = errorText(cause);
  return NO_SPACE.has(systemErrorCode(cause))
    ? commandError(14031, `No space left for the log: the write was refused and has no effect (${message})`)
    : commandError(96, `The log cannot be written: the write was refused (${message})`);
}

function deferred(): Deferred {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  // A group that nobody waits for (the TTL monitor's, say) may fail without an unhandled rejection.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
