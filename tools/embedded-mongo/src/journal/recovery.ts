import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionTable } from '../session/session-table.js';
import type { Catalog } from '../store/catalog.js';
import { fromTimestamp, type LogicalClock } from '../store/clock.js';
import { Collection, type CollectionName } from '../store/collection.js';
import type { IndexSpec } from '../store/index-spec.js';
import type { Oplog } from '../store/oplog.js';
import { keyString, type Document } from '../values/index.js';
import { decodeCommit } from './entry-codec.js';
import { segmentName } from './log-writer.js';
import { readRecords, type ReadEnd } from './record-reader.js';
import { decodePart, SNAPSHOT_NAME } from './snapshot-file.js';

/** What a start found in the data folder. */
export interface RecoveryReport {
  /** Documents and log records that were read. */
  documents: number;
  records: number;
  /** Bytes of an unfinished last record, cut off: it was never acknowledged. */
  tornBytes: number;
  /** Copies of damaged files, kept for inspection: what comes after the damage is not in the data. */
  setAside: string[];
}

export interface RecoveryTarget {
  catalog: Catalog;
  sessions: SessionTable;
  oplog: Oplog;
  clock: LogicalClock;
}

interface Recovered extends RecoveryReport {
  /** Where the log goes on. */
  segment: number;
  /** Segments on disk and the last cluster time in each. */
  segments: Map<number, bigint>;
}

/** Loads the newest snapshot and the log after it; older segments only fill the history of change streams. */
export class Recovery {
  private readonly result: Recovered = {
    documents: 0,
    records: 0,
    tornBytes: 0,
    setAside: [],
    segment: 1,
    segments: new Map(),
  };
  private firstToApply = 1;
  private loading: { collection: Collection; indexes: readonly IndexSpec[] } | undefined;

  constructor(
    private readonly folder: string,
    private readonly target: RecoveryTarget,
  ) {}

  run(): Recovered {
    rmSync(join(this.folder, `${SNAPSHOT_NAME}.tmp`), { force: true });
    this.readSnapshot();
    const segments = this.segmentsOnDisk();
    const [oldest = 1] = segments;
    if (oldest > 1 && this.firstToApply === 1 && this.result.setAside.length === 0) {
      throw new Error(`${join(this.folder, SNAPSHOT_NAME)} is missing: the log alone does not hold all data`);
    }
    for (const segment of segments) this.readSegment(segment);
    // What came before the first entry is not known any more, or never was.
    this.target.oplog.raiseFloor((this.target.oplog.first?.time ?? this.target.clock.last + 1n) - 1n);
    if (this.result.setAside.length > 0) this.target.oplog.raiseFloor(this.target.clock.last);
    return this.result;
  }

  private segmentsOnDisk(): number[] {
    const numbers = readdirSync(this.folder).flatMap((name) => {
      const match = /^oplog-(\d{6,})\.bson$/.exec(name);
      return match ? [Number(match[1])] : [];
    });
    return numbers.sort((a, b) => a - b);
  }

  private readSnapshot(): void {
    const path = join(this.folder, SNAPSHOT_NAME);
    if (!existsSync(path)) return;
    let complete = false;
    const end = readRecords(path, (body) => {
      complete = this.load(body);
    });
    this.finishLoading();
    if (complete && end.kind === 'whole') return;
    this.setAside(SNAPSHOT_NAME, (copy) => {
      renameSync(path, copy);
    });
  }

  /** True for the part that ends a complete snapshot. */
  private load(body: Buffer): boolean {
    const { part, documents } = decodePart(body);
    switch (part.part) {
      case 'start':
        this.firstToApply = this.result.segment = part.segment;
        this.target.clock.observe(fromTimestamp(part.time));
        return false;
      case 'session':
        this.target.sessions.restore(part.session);
        return false;
      case 'collection':
        this.finishLoading();
        this.loading = {
          collection: new Collection(part.at, part.uuid, part.options),
          indexes: part.indexes,
        };
        return false;
      case 'documents':
        this.loadDocuments(documents);
        return false;
      case 'end':
        return true;
    }
  }

  private loadDocuments(documents: readonly Document[]): void {
    const collection = this.loading?.collection;
    for (const doc of documents) collection?.docs.set(collection.keyOf(doc._id), doc);
    this.result.documents += documents.length;
  }

  /** Indexes are built when all documents are there. */
  private finishLoading(): void {
    if (!this.loading) return;
    const { collection, indexes } = this.loading;
    for (const spec of indexes) collection.addIndex(spec);
    this.target.catalog.attach(collection);
    this.loading = undefined;
  }

  private readSegment(segment: number): void {
    const path = join(this.folder, segmentName(segment));
    const { setAside } = this.result;
    // Behind a gap the log tells of changes to a state that is not there.
    if (setAside.length > 0 && segment >= this.firstToApply) {
      this.setAside(segmentName(segment), (copy) => {
        renameSync(path, copy);
      });
      return;
    }
    const end = readRecords(path, (body) => {
      this.replay(body, segment >= this.firstToApply);
    });
    this.mend(path, segment, end);
    this.result.segments.set(segment, this.target.clock.last);
    this.result.segment = Math.max(this.result.segment, segment);
  }

  private replay(body: Buffer, apply: boolean): void {
    const keyOf = (at: CollectionName, id: unknown) =>
      this.target.catalog.get(at)?.keyOf(id) ?? keyString(id);
    const { entries, session } = decodeCommit(body, keyOf);
    for (const entry of entries) {
      if (apply) this.target.catalog.apply(entry.change);
      this.target.clock.observe(entry.time);
    }
    this.target.oplog.append(entries);
    if (session && apply) this.target.sessions.restore(session);
    this.result.records += 1;
  }

  private mend(path: string, segment: number, end: ReadEnd): void {
    if (end.kind === 'whole') return;
    if (end.kind === 'torn') this.result.tornBytes += end.rest;
    else {
      this.setAside(segmentName(segment), (copy) => {
        copyFileSync(path, copy);
      });
    }
    truncateSync(path, end.good);
  }

  private setAside(name: string, move: (copy: string) => void): void {
    const copy = join(this.folder, `${name}.damaged-${new Date().toISOString().replaceAll(':', '')}`);
    move(copy);
    this.result.setAside.push(copy);
  }
}
