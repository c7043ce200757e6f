import type { Binary, UUID } from 'bson';
import type { Change } from './change.js';
import { firstIndex } from './sorted-list.js';

/** A logical session as the driver names it. */
export interface SessionId {
  id: UUID | Binary;
}

/** The transaction a change was part of; all its changes share one cluster time. */
export interface TransactionStamp {
  lsid: SessionId;
  txnNumber: bigint;
}

/** A place in the history: cluster time, then the number of the change within its transaction. */
export interface OplogPosition {
  time: bigint;
  index: number;
}

export interface OplogEntry extends OplogPosition {
  wall: Date;
  change: Change;
  transaction?: TransactionStamp;
}

/** The recent history, in order, for change streams. What was trimmed away lies at or before `floor`. */
export class Oplog {
  private list: OplogEntry[] = [];
  private trimmed = 0n;

  constructor(private readonly capacity: number) {}

  get floor(): bigint {
    return this.trimmed;
  }

  get length(): number {
    return this.list.length;
  }

  get first(): OplogEntry | undefined {
    return this.list[0];
  }

  at(index: number): OplogEntry | undefined {
    return this.list[index];
  }

  append(entries: readonly OplogEntry[]): void {
    for (const entry of entries) this.list.push(entry);
    // Trimmed in larger steps, so that not every append moves the whole list.
    if (this.list.length > this.capacity * 1.2) this.trim(this.capacity);
  }

  /** Keeps the newest `keep` entries, and never cuts a transaction in two. */
  trim(keep: number): void {
    let cut = this.list.length - keep;
    if (cut <= 0) return;
    const last = this.list[cut - 1];
    while (last && this.list[cut]?.time === last.time) cut += 1;
    if (last) this.trimmed = last.time;
    this.list = this.list.slice(cut);
  }

  /** Forgets what happened after `time`: those writes were taken back. */
  dropAfter(time: bigint): void {
    this.list.length = this.indexAfter({ time, index: Infinity });
  }

  /** Everything up to `time` counts as trimmed, even if nothing of it was ever seen. */
  raiseFloor(time: bigint): void {
    this.list = this.list.slice(this.indexAfter({ time, index: Infinity }));
    if (time > this.trimmed) this.trimmed = time;
  }

  indexAfter({ time, index }: OplogPosition): number {
    return firstIndex(this.list.length, (at) => {
      const entry = this.list[at];
      return entry !== undefined && (entry.time > time || (entry.time === time && entry.index > index));
    });
  }

  find({ time, index }: OplogPosition): OplogEntry | undefined {
    const entry = this.list[this.indexAfter({ time, index: index - 1 })];
    return entry?.time === time && entry.index === index ? entry : undefined;
  }
}
