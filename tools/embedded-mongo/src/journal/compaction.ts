import { setImmediate as nextTurn } from 'node:timers/promises';
import { join } from 'node:path';
import type { SessionTable } from '../session/session-table.js';
import type { Catalog } from '../store/catalog.js';
import { toTimestamp, type LogicalClock } from '../store/clock.js';
import type { Collection } from '../store/collection.js';
import type { Oplog } from '../store/oplog.js';
import type { Document } from '../values/index.js';
import type { FileLayer } from './file-layer.js';
import type { GroupCommit } from './group-commit.js';
import { segmentName, type LogWriter } from './log-writer.js';
import { snapshotStart, SnapshotWriter } from './snapshot-file.js';

/** Documents written between two turns of the event loop. */
const SLICE = 250;

interface CompactionParts {
  files: FileLayer;
  folder: string;
  log: LogWriter;
  commits: GroupCommit;
  catalog: Catalog;
  sessions: SessionTable;
  oplog: Oplog;
  clock: LogicalClock;
}

/** Thrown when the collections themselves changed meanwhile; the next compaction starts afresh. */
class Overtaken extends Error {}

/**
 * Replaces the log by a snapshot while writes go on. The log first moves to a new segment; the snapshot is
 * then copied slice by slice and may already hold some of what that segment tells. Replaying it again does
 * no harm, as every record says what a document became. Old segments stay while change streams may still
 * resume from them.
 */
export class Compaction {
  private running: Promise<void> | undefined;
  /** Grows with every change that a copy in progress must not straddle. */
  private epoch = 0;

  constructor(
    private readonly parts: CompactionParts,
    private readonly segments: Map<number, bigint>,
  ) {}

  /** A collection or index changed, or a write was taken back: a copy in progress is of no use. */
  invalidate(): void {
    this.epoch += 1;
  }

  /** Joins a compaction in progress. Rejects when it fails; the log then simply goes on. */
  run(): Promise<void> {
    this.running ??= this.compact().finally(() => (this.running = undefined));
    return this.running;
  }

  async idle(): Promise<void> {
    await this.running?.catch(() => undefined);
  }

  private async compact(): Promise<void> {
    const { log, commits, files, folder, clock } = this.parts;
    await commits.drain();
    const old = log.segment;
    await log.rotate();
    this.segments.set(old, clock.last);
    const epoch = this.epoch;
    const writer = new SnapshotWriter(files, folder);
    try {
      writer.write(snapshotStart(log.segment, toTimestamp(clock.last)));
      for (const session of this.parts.sessions.records()) writer.write({ part: 'session', session });
      for (const collection of [...this.parts.catalog.all()]) await this.copy(writer, collection, epoch);
      // What was copied must be in the log before the snapshot counts.
      await commits.drain();
      if (epoch !== this.epoch) throw new Overtaken();
      await writer.finish();
    } catch (error) {
      writer.discard();
      if (error instanceof Overtaken) return;
      throw error;
    }
    this.removeOldSegments(log.segment);
  }

  private async copy(writer: SnapshotWriter, collection: Collection, epoch: number): Promise<void> {
    const { at, uuid, options, docs } = collection;
    const indexes = [...collection.indexes.values()].map((index) => index.spec);
    writer.write({ part: 'collection', at, uuid, options, indexes });
    let slice: Document[] = [];
    for (const doc of docs.values()) {
      slice.push(doc);
      if (slice.length < SLICE) continue;
      writer.write({ part: 'documents' }, slice);
      slice = [];
      await nextTurn();
      if (epoch !== this.epoch) throw new Overtaken();
    }
    if (slice.length > 0) writer.write({ part: 'documents' }, slice);
  }

  private removeOldSegments(current: number): void {
    const { files, folder, oplog } = this.parts;
    const needed = oplog.first?.time;
    for (const [segment, last] of this.segments) {
      if (segment >= current || (needed !== undefined && last >= needed)) continue;
      files.remove(join(folder, segmentName(segment)));
      this.segments.delete(segment);
    }
  }
}
