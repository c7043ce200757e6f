import { encode } from '../bson/index.js';
import { runPipeline } from '../aggregate/index.js';
import type { Batch, CursorSource } from '../commands/cursor-table.js';
import { MAX_BATCH_BYTES } from '../commands/cursor-table.js';
import { commandError } from '../errors.js';
import type { OplogEntry, OplogPosition } from '../store/oplog.js';
import type { Store } from '../store/store.js';
import { show, type Document, type EvalContext } from '../values/index.js';
import { historyLost, nonResumable } from './errors.js';
import { invalidateEvent, toEvent, type Lookup } from './event.js';
import type { StreamRequest } from './request.js';
import { encodeToken, highWaterMark, type ResumeToken } from './resume-token.js';
import type { StreamScope } from './scope.js';
import { splitEvent } from './split-event.js';

/** Changes looked at between two deliveries: the pipeline is run once for all of them. */
const CHUNK = 256;
/** MongoDB allows what it makes itself to be a little larger than a stored document. */
const MAX_EVENT_BYTES = MAX_BATCH_BYTES + 16 * 1024;

/** Reads the history from some position onwards, as far as it is written, and turns it into events. */
export class ChangeStream implements CursorSource {
  readonly kind = 'tail';
  private position: OplogPosition;
  /** Events that did not fit into the last batch. */
  private ready: Document[] = [];
  private ended = false;
  private lastToken: Document;
  /** Fragments of the first event that the client has already. */
  private skipFragments = 0;

  constructor(
    private readonly store: Store,
    private readonly scope: StreamScope,
    private readonly request: StreamRequest,
    private readonly context: EvalContext,
  ) {
    this.position = this.startPosition();
    this.lastToken =
      request.start.from === 'token' ? encodeToken(request.start.token) : highWaterMark(this.position.time);
  }

  next(maxDocuments: number): Batch {
    const documents: Uint8Array[] = [];
    let bytes = 0;
    while (documents.length < maxDocuments) {
      if (this.ready.length === 0 && !this.advance()) break;
      const event = this.ready[0];
      if (!event) continue;
      const encoded = this.encode(event);
      if (!encoded) continue;
      bytes += encoded.length;
      if (bytes > MAX_BATCH_BYTES && documents.length > 0) break;
      documents.push(encoded);
      this.lastToken = event._id as Document;
      this.ready.shift();
    }
    // Nothing is left up to the position: a resumed stream need not look at it again.
    if (this.ready.length === 0 && !this.ended && maxDocuments > 0) this.raiseToken();
    return {
      documents,
      exhausted: this.ended && this.ready.length === 0,
      postBatchResumeToken: this.lastToken,
    };
  }

  /** Looks at the next changes; false when there are none to be shown yet. */
  private advance(): boolean {
    const { oplog, visibleUpTo } = this.store;
    if (this.ended) return false;
    if (this.position.time < oplog.floor) throw historyLost();
    const events: Document[] = [];
    let at = oplog.indexAfter(this.position);
    let looked = 0;
    for (let entry = oplog.at(at); entry && entry.time <= visibleUpTo; entry = oplog.at(++at)) {
      this.position = { time: entry.time, index: entry.index };
      this.collect(entry, events);
      looked += 1;
      if (this.ended || looked >= CHUNK) break;
    }
    this.ready = this.transform(events);
    if (looked === 0 && visibleUpTo >= this.position.time) {
      this.position = { time: visibleUpTo, index: Infinity };
    }
    return looked > 0;
  }

  private collect(entry: OplogEntry, events: Document[]): void {
    if (!this.scope.includes(entry.change)) return;
    const event = this.scope.shows(entry.change) ? toEvent(entry, this.request, this.lookup) : undefined;
    if (event) events.push(event);
    if (!this.scope.endsWith(entry.change)) return;
    events.push(invalidateEvent(entry));
    this.ended = true;
  }

  private readonly lookup: Lookup = (change) => {
    const collection = this.store.data.catalog.get(change.at);
    return collection?.docs.get(change.key);
  };

  private transform(events: Document[]): Document[] {
    const { pipeline } = this.request;
    if (pipeline.length === 0 || events.length === 0) return events;
    const tokens = new Set(events.map(tokenOf));
    const results = runPipeline(events, pipeline, this.context);
    if (results.every((event) => tokens.has(tokenOf(event)))) return results;
    throw nonResumable(
      commandError(
        280,
        'Encountered an event whose _id field, which contains the resume token, was modified by the pipeline. Modifying the _id field of an event makes it impossible to resume the stream from that point. Only transformations that retain the unmodified _id field are allowed.',
      ),
    );
  }

  /** Undefined when the event was replaced by its fragments, which are the next in the row. */
  private encode(event: Document): Uint8Array | undefined {
    const encoded = encode(event);
    const resuming = this.skipFragments > 0;
    if (encoded.length <= MAX_EVENT_BYTES && !resuming) return encoded;
    if (!this.request.splitLargeEvents || 'splitEvent' in event) {
      throw nonResumable(
        commandError(
          10334,
          `BSONObj size: ${encoded.length} is invalid. Size must be between 0 and 16793600(16MB)`,
        ),
      );
    }
    const fragments = splitEvent(event, MAX_BATCH_BYTES);
    this.ready.splice(0, 1, ...fragments.slice(this.skipFragments));
    this.skipFragments = 0;
    return undefined;
  }

  private raiseToken(): void {
    const { time, index } = this.position;
    const mark = index === Infinity ? highWaterMark(time) : undefined;
    if (mark && mark._data > String(this.lastToken._data)) this.lastToken = mark;
  }

  private startPosition(): OplogPosition {
    const { start } = this.request;
    const { oplog, clock } = this.store;
    switch (start.from) {
      case 'now':
        return { time: clock.last, index: Infinity };
      case 'time':
        if (start.time <= oplog.floor) throw historyLost();
        return { time: start.time - 1n, index: Infinity };
      case 'token':
        return this.resumePosition(start.token);
    }
  }

  private resumePosition(token: ResumeToken): OplogPosition {
    const { oplog, clock } = this.store;
    const { time, index, kind, fragment } = token;
    if (time < oplog.floor) throw historyLost();
    if (kind === 'high-water' && time <= clock.last) return { time, index: Infinity };
    const entry = kind === 'high-water' ? undefined : oplog.find(token);
    if (!entry) throw time <= oplog.floor ? historyLost() : unknownToken(token);
    if (fragment !== undefined) {
      this.skipFragments = fragment + 1;
      return { time, index: index - 1 };
    }
    if (kind === 'event' && this.scope.endsWith(entry.change)) {
      this.ready = this.transform([invalidateEvent(entry)]);
      this.ended = true;
    }
    return { time, index };
  }
}

function tokenOf(event: Document): string {
  const id = event._id;
  return typeof id === 'object' && id !== null && '_data' in id ? String(id._data) : show(id);
}

function unknownToken(token: ResumeToken): Error {
  return nonResumable(
    commandError(
      280,
      `cannot resume stream; the resume token was not found. ${JSON.stringify(encodeToken(token))}`,
    ),
  );
}
