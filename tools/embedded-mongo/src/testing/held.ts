import { deserialize } from 'bson';
import { decode, encode } from '../bson/index.js';
import type { Document } from '../values/index.js';

/** A document of plain JavaScript as the server holds it. */
export const held = (doc: Document): Document => decode(encode(doc));

/** The reverse: names as they are, and every number a plain one. */
export const plain = (doc: Document): Document => deserialize(encode(doc));
