import { encode } from '../bson/index.js';
import type { Document } from '../values/index.js';

/** What a cursor has to give next. */
export interface Batch {
  documents: Uint8Array[];
  /** The cursor is at its end and is to be closed. */
  exhausted: boolean;
  /** Change streams: where a resumed stream would go on. */
  postBatchResumeToken?: Document;
}

export interface CursorSource {
  /** `tail` waits for more where an ordinary cursor would be at its end. */
  readonly kind: 'result' | 'tail';
  next(maxDocuments: number): Batch;
}

export interface OpenCursor {
  readonly id: bigint;
  readonly ns: string;
  readonly source: CursorSource;
  /** Closes what waits on it; see {@link CursorTable.kill}. */
  onKill?: () => void;
  usedAt: number;
}

/** The answer must fit into one message, with some room for what stands around the documents. */
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;
export const FIRST_BATCH_SIZE = 101;
const IDLE_MS = 10 * 60_000;

export class CursorTable {
  private readonly cursors = new Map<bigint, OpenCursor>();
  private lastId = BigInt(Date.now()) * 1_000n;

  get size(): number {
    return this.cursors.size;
  }

  open(ns: string, source: CursorSource): OpenCursor {
    this.lastId += 1n;
    if (this.lastId % 1_000n === 0n) this.closeIdle();
    const cursor = { id: this.lastId, ns, source, usedAt: Date.now() };
    this.cursors.set(cursor.id, cursor);
    return cursor;
  }

  use(id: bigint): OpenCursor | undefined {
    const cursor = this.cursors.get(id);
    if (cursor) cursor.usedAt = Date.now();
    return cursor;
  }

  kill(id: bigint): boolean {
    const cursor = this.cursors.get(id);
    this.cursors.delete(id);
    cursor?.onKill?.();
    return cursor !== undefined;
  }

  private closeIdle(): void {
    const limit = Date.now() - IDLE_MS;
    for (const { id, usedAt } of this.cursors.values()) if (usedAt < limit) this.kill(id);
  }
}

/** The documents of a finished search; they are immutable, so that later writes do not change them. */
export class ResultSource implements CursorSource {
  readonly kind = 'result';
  private at = 0;

  constructor(private readonly docs: readonly Document[]) {}

  next(maxDocuments: number): Batch {
    const documents: Uint8Array[] = [];
    let bytes = 0;
    while (documents.length < maxDocuments) {
      const doc = this.docs[this.at];
      if (!doc) break;
      const encoded = encode(doc);
      bytes += encoded.length;
      if (bytes > MAX_BATCH_BYTES && documents.length > 0) break;
      documents.push(encoded);
      this.at += 1;
    }
    return { documents, exhausted: this.at >= this.docs.length };
  }
}
