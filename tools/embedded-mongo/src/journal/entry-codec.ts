import { decode, encode } from '../bson/index.js';
import type { SessionRecord } from '../session/session-table.js';
import type { Change } from '../store/change.js';
import { toTimestamp } from '../store/clock.js';
import type { CollectionName } from '../store/collection.js';
import type { OplogEntry, TransactionStamp } from '../store/oplog.js';
import type { Document } from '../values/index.js';
import { documentsOf } from './record.js';

/** What one command or transaction did: the unit that is in the log entirely or not at all. */
interface CommitRecord {
  entries: readonly OplogEntry[];
  /** What makes the session answer a repetition of the command without doing it again. */
  session?: SessionRecord;
}

type KeyOf = (at: CollectionName, id: unknown) => string;

interface Head {
  wall: Date;
  transaction?: TransactionStamp;
  session?: SessionRecord;
}

export function encodeCommit({ entries, session }: CommitRecord): Uint8Array[] {
  const [first] = entries;
  const head: Head = { wall: first?.wall ?? new Date() };
  if (first?.transaction) head.transaction = first.transaction;
  if (session) head.session = session;
  const parts = [encode(head)];
  for (const { time, index, change } of entries) {
    parts.push(encode({ ts: toTimestamp(time), i: index, ...stored(change) }));
  }
  return parts;
}

export function decodeCommit(body: Buffer, keyOf: KeyOf): CommitRecord {
  const [first = Buffer.alloc(0), ...rest] = documentsOf(body);
  const head = decode(first) as unknown as Head;
  return {
    entries: rest.map((raw) => new LoggedEntry(raw, head, keyOf)),
    ...(head.session && { session: head.session }),
  };
}

/** `[length][0x11 "ts" 0][counter u32][seconds u32][0x10 "i" 0][index i32]`: how every entry begins. */
const TIME_AT = 8;
const INDEX_AT = 19;

/** An entry of the log. Most are never looked at again: what they say is decoded when it is asked for. */
class LoggedEntry implements OplogEntry {
  readonly time: bigint;
  readonly index: number;
  readonly wall: Date;
  readonly transaction?: TransactionStamp;
  private decoded: Change | undefined;

  constructor(
    private readonly raw: Buffer,
    { wall, transaction }: Head,
    private readonly keyOf: KeyOf,
  ) {
    this.time = (BigInt(raw.readUInt32LE(TIME_AT + 4)) << 32n) | BigInt(raw.readUInt32LE(TIME_AT));
    this.index = raw.readInt32LE(INDEX_AT);
    this.wall = wall;
    if (transaction) this.transaction = transaction;
  }

  get change(): Change {
    if (!this.decoded) {
      const { ts: _ts, i: _i, ...change } = decode(this.raw);
      this.decoded = restored(change as unknown as Change, this.keyOf);
    }
    return this.decoded;
  }
}

/** A change as it is written: without the key, which follows from the document. */
function stored(change: Change): Document {
  return 'key' in change ? { ...change, key: undefined } : { ...change };
}

function restored(change: Change, keyOf: KeyOf): Change {
  switch (change.op) {
    case 'insert':
    case 'update':
      return { ...change, key: keyOf(change.at, change.doc._id) };
    case 'delete':
      return { ...change, key: keyOf(change.at, change.id) };
    default:
      return change;
  }
}
