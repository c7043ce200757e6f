import { decode } from '../bson/index.js';
import type { Document } from '../values/index.js';

/** OP_QUERY is left for the first handshake of a driver: flags, collection name, skip, limit, query. */
export function decodeOpQuery(body: Buffer): Document {
  const at = body.indexOf(0, 4) + 1 + 8;
  return decode(body.subarray(at, at + body.readInt32LE(at)));
}

/** Flags, cursor id, starting from, number returned: what stands before the document of an OP_REPLY. */
export function opReplyPrefix(): Buffer {
  const prefix = Buffer.alloc(20);
  prefix.writeInt32LE(8, 0);
  prefix.writeInt32LE(1, 16);
  return prefix;
}
