import { deserialize, serialize, type Timestamp } from 'bson';
import type { SessionRecord } from '../session/session-table.js';
import type { Change } from '../store/change.js';
import { fromTimestamp, toTimestamp } from '../store/clock.js';
import type { CollectionName } from '../store/collection.js';
import type { OplogEntry, TransactionStamp } from '../store/oplog.js';
import { DESERIALIZE, SERIALIZE, type Document } from '../values/index.js';
import { documentsOf } from './record.js';

/** What one command or transaction did: the unit that is in the log entirely or not at all. */
export interface CommitRecord {
  entries: readonly OplogEntry[];
  /** What makes the session answer a repetition of the command without doing it again. */
  session?: SessionRecord;
}

export type KeyOf = (at: CollectionName, id: unknown) => string;

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
  const parts = [serialize(head, SERIALIZE)];
  for (const { time, index, change } of entries) {
    parts.push(serialize({ ts: toTimestamp(time), i: index, ...stored(change) }, SERIALIZE));
  }
  return parts;
}

export function decodeCommit(body: Buffer, keyOf: KeyOf): CommitRecord {
  const [head, ...rest] = [...documentsOf(body)].map((raw) => deserialize(raw, DESERIALIZE));
  const { wall, transaction, session } = head as unknown as Head;
  const entries = rest.map(({ ts, i, ...change }): OplogEntry => {
    return {
      time: fromTimestamp(ts as Timestamp),
      index: Number(i),
      wall,
      change: restored(change as unknown as Change, keyOf),
      ...(transaction && { transaction }),
    };
  });
  return { entries, ...(session && { session }) };
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
