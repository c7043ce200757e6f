import { isSource, isVersion } from '@redis-mongo-sync/sync-core';
import { BSON } from 'mongodb';
import type { CheckContext } from '../check-context.js';
import { bsonTypeName } from './bson-types.js';
import { keyFaultOf, type KeyFault } from './key-fault.js';
import { shownId } from '../shown.js';

/** What the doctor wants to know of one document. */
export interface DocumentFacts {
  readonly id: string;
  readonly idType: string;
  /** Null: it has a record key that can be synced. */
  readonly keyFault: KeyFault | null;
  /** `foreign`: another program keeps something of its own in `_sync`. */
  readonly stamp: 'none' | 'ours' | 'foreign';
  readonly bytes: number;
  /** Some field, at any depth, is called `_bsontype`: drivers for JavaScript take such an object for something else. */
  readonly bsontype: boolean;
}

const STAMP_FIELD = '_sync';
const OBJECT = 3;
const MARK = Buffer.from('_bsontype\0', 'latin1');

type Element = [type: number, nameOffset: number, nameLength: number, offset: number, length: number];

/**
 * Reads a document from its bytes, and decodes no more of it than id, key and stamp: whatever else it holds – patterns,
 * far dates, broken UTF-8 – cannot hinder.
 *
 * @throws Error when the bytes are no document
 */
export function documentFacts(entity: CheckContext['entity'], raw: Uint8Array): DocumentFacts {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const wanted = new Map<string, Element>();
  for (const element of BSON.onDemand.parseToElements(bytes) as Iterable<Element>) {
    const [, at, length] = element;
    const name = bytes.toString('utf8', at, at + length);
    if (name === '_id' || name === STAMP_FIELD || name === entity.keyField) wanted.set(name, element);
  }
  const [id, key, stamp] = [wanted.get('_id'), wanted.get(entity.keyField), wanted.get(STAMP_FIELD)];
  return {
    id: id ? shownId(valueOf(bytes, id)) : '(none)',
    idType: id ? bsonTypeName(id[0]) : 'missing',
    keyFault: key ? keyFaultOf(entity, key[0], () => valueOf(bytes, key)) : 'missing',
    stamp: stamp ? stampOf(stamp[0], () => valueOf(bytes, stamp)) : 'none',
    bytes: bytes.length,
    bsontype: holdsBsontype(bytes),
  };
}

/** One element made a document of its own, and decoded. */
function valueOf(bytes: Buffer, [, nameOffset, , offset, length]: Element): unknown {
  const element = bytes.subarray(nameOffset - 1, offset + length);
  const document = Buffer.alloc(element.length + 5);
  document.writeInt32LE(document.length, 0);
  element.copy(document, 4);
  const options = { bsonRegExp: true, promoteLongs: false, validation: { utf8: false } } as const;
  return Object.values(BSON.deserialize(document, options))[0];
}

function stampOf(type: number, value: () => unknown): 'ours' | 'foreign' {
  if (type !== OBJECT) return 'foreign';
  const { version, source } = value() as Record<string, unknown>;
  const number = version instanceof BSON.Long ? version.toNumber() : version;
  return isVersion(number) && isSource(source) ? 'ours' : 'foreign';
}

/** A name stands behind the byte of its value's type; in a string, something printable or a zero stands there. */
function holdsBsontype(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(MARK); at > 0; at = bytes.indexOf(MARK, at + 1)) {
    const before = bytes[at - 1] ?? 0;
    if ((before >= 1 && before <= 19) || before === 127 || before === 255) return true;
  }
  return false;
}
