import { BSON, BSONType, Code, type Document } from 'mongodb';
import { scalarOf, textAt, type BsonElement } from './bson-scalars.js';

/*
 * Decodes BSON without loss. The driver's own decoder changes what JavaScript has no class for (dates far away, symbols,
 * names that look like numbers, references) and throws for a whole reply; its scanner of elements serves both.
 */
const { parseToElements, ByteUtils, NumberUtils } = BSON.onDemand;

/** How to read a value. */
export interface Reading {
  /** Levels of documents that are plain objects whatever their names are. */
  readonly plainLevels: number;
  /** Whether text that is not UTF-8 is a fault; else it is read with replacement characters. */
  readonly strict: boolean;
}

/** @throws when the bytes are no BSON document */
export function elementsOf(bytes: Uint8Array, offset = 0): Iterable<BsonElement> {
  return parseToElements(bytes, offset);
}

export function nameOf(bytes: Uint8Array, [, offset, length]: BsonElement): string {
  return ByteUtils.toUTF8(bytes, offset, offset + length, false);
}

/** Gives a document a member, whatever its name is. */
export function setMember(document: Document, name: string, value: unknown): void {
  if (name !== '__proto__') document[name] = value;
  else Object.defineProperty(document, name, { value, writable: true, enumerable: true, configurable: true });
}

export function valueOf(bytes: Uint8Array, element: BsonElement, reading: Reading): unknown {
  const [type, , , offset] = element;
  switch (type as BSONType) {
    case BSONType.object:
      return documentAt(bytes, offset, reading);
    case BSONType.array:
      return Array.from(elementsOf(bytes, offset), (item) => valueOf(bytes, item, reading));
    case BSONType.javascriptWithScope:
      return codeWithScopeAt(bytes, offset, reading);
    default:
      return scalarOf(bytes, element, reading.strict);
  }
}

/**
 * A plain object, or a `Map` where an object would change the document: JavaScript moves names that look like numbers to
 * the front, and the driver takes an object with a `_bsontype` for one of its own.
 */
function documentAt(bytes: Uint8Array, offset: number, reading: Reading): Document {
  const { plainLevels, strict } = reading;
  const members: [string, unknown][] = [];
  let odd = false;
  for (const element of elementsOf(bytes, offset)) {
    const name = nameOf(bytes, element);
    odd ||= ODD_NAME.test(name);
    const inner = { plainLevels: plainLevels - 1, strict: strict || (name === '_id' && plainLevels > 0) };
    members.push([name, valueOf(bytes, element, inner)]);
  }
  if (odd && plainLevels <= 0) return new Map(members);
  const document: Document = {};
  for (const [name, value] of members) setMember(document, name, value);
  return document;
}

const ODD_NAME = /^(\d+|_bsontype)$/;

function codeWithScopeAt(bytes: Uint8Array, offset: number, reading: Reading): Code {
  const code = textAt(bytes, offset + 4, reading.strict);
  const scopeOffset = offset + 8 + NumberUtils.getInt32LE(bytes, offset + 4);
  return new Code(code, documentAt(bytes, scopeOffset, { ...reading, plainLevels: 1 }));
}
