import { mkdirSync } from 'node:fs';
import { Compaction } from './compaction.js';
import { nodeFiles, type FileLayer } from './file-layer.js';
import { lockFolder } from './folder-lock.js';
import { GroupCommit, type FsyncMode } from './group-commit.js';
import { LogWriter } from './log-writer.js';
import { Recovery, type RecoveryReport, type RecoveryTarget } from './recovery.js';

interface JournalOptions {
  folder: string;
  fsync: FsyncMode;
  /** A snapshot replaces the log when it has grown by this much. */
  compactBytes: number;
  files?: FileLayer;
  /** Called after every write, when its records may be shown. */
  onFlushed(): void;
  /** Trouble that no client hears of. */
  warn(message: string): void;
}

const FSYNC_INTERVAL_MS = 100;

/** Everything about the data folder: lock, recovery, log and snapshots. */
export class Journal {
  readonly commits: GroupCommit;
  private readonly compaction: Compaction;
  private readonly syncTimer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly options: JournalOptions,
    private readonly lock: { release(): void },
    private readonly log: LogWriter,
    parts: { target: RecoveryTarget; segments: Map<number, bigint>; files: FileLayer },
  ) {
    const { files, target, segments } = parts;
    this.commits = new GroupCommit(log, options.fsync, () => {
      options.onFlushed();
      if (log.bytes > options.compactBytes) this.compactInBackground();
    });
    this.compaction = new Compaction(
      { files, folder: options.folder, log, commits: this.commits, ...target },
      segments,
    );
    if (options.fsync === 'interval') {
      this.syncTimer = setInterval(() => {
        log.sync().catch((error: unknown) => {
          options.warn(String(error));
        });
      }, FSYNC_INTERVAL_MS);
      this.syncTimer.unref();
    }
  }

  /** Takes the folder, loads what is in it into the target and opens the log. */
  static async open(options: JournalOptions, target: RecoveryTarget): Promise<[Journal, RecoveryReport]> {
    const files = options.files ?? nodeFiles;
    mkdirSync(options.folder, { recursive: true });
    const lock = lockFolder(options.folder);
    try {
      const { segment, segments, ...report } = new Recovery(options.folder, target).run();
      const log = new LogWriter(files, options.folder, segment);
      const journal = new Journal(options, lock, log, { target, segments, files });
      // What was saved of a damaged folder must not depend on the damaged files at the next start.
      if (report.setAside.length > 0 || log.bytes > options.compactBytes) await journal.compact();
      return [journal, report];
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  compact(): Promise<void> {
    return this.compaction.run();
  }

  /** See {@link Compaction.invalidate}. */
  definitionChanged(): void {
    this.compaction.invalidate();
  }

  async close(): Promise<void> {
    clearInterval(this.syncTimer);
    await this.compaction.idle();
    await this.commits.drain();
    try {
      await this.log.close();
    } finally {
      this.lock.release();
    }
  }

  private compactInBackground(): void {
    this.compaction.run().catch((error: unknown) => {
      this.options.warn(`no snapshot could be written, the log goes on: ${String(error)}`);
    });
  }
}
