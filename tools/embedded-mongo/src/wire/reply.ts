import { encode } from '../bson/index.js';
import type { Document } from '../values/index.js';

/** A batch of a cursor, its documents encoded already. */
interface CursorBatch {
  name: 'firstBatch' | 'nextBatch';
  documents: readonly Uint8Array[];
  /** `id`, `ns` and whatever else stands beside the batch. */
  fields: Document;
}

/** The answer to a command. `cursor` is encoded apart, so that no document is encoded twice. */
export interface Reply {
  fields: Document;
  cursor?: CursorBatch;
}

const DOCUMENT = 3;
const ARRAY = 4;
const CLOSE = Buffer.alloc(1);

/** The BSON document of a reply in parts, to be written one after the other. */
export function encodeReply({ fields, cursor }: Reply): Uint8Array[] {
  const rest = encode(fields);
  if (!cursor) return [rest];
  const batch = element(ARRAY, cursor.name, cursor.documents.flatMap(arrayElement));
  const parts = element(DOCUMENT, 'cursor', [...batch, elementsOf(encode(cursor.fields))]);
  const body = [...parts, elementsOf(rest)];
  return [int32(4 + byteLength(body) + 1), ...body, CLOSE];
}

/** Type, name and the embedded document made of the given elements. */
function element(type: number, name: string, elements: readonly Uint8Array[]): Uint8Array[] {
  const head = Buffer.from(`${String.fromCharCode(type)}${name}\0`, 'latin1');
  return [head, int32(4 + byteLength(elements) + 1), ...elements, CLOSE];
}

function arrayElement(document: Uint8Array, index: number): Uint8Array[] {
  return [Buffer.from(`${String.fromCharCode(DOCUMENT)}${index}\0`, 'latin1'), document];
}

/** An encoded document without its length and its closing zero. */
function elementsOf(document: Uint8Array): Uint8Array {
  return document.subarray(4, document.length - 1);
}

function byteLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(value, 0);
  return bytes;
}
