import type { Document } from 'mongodb';
import { elementsOf, nameOf, setMember, valueOf, type Reading } from './bson-decoder.js';

/** Options of cursors whose documents go through {@link decodeDocument}: a bad one is nobody else's trouble. */
export const RAW_DOCUMENTS = { raw: true } as const;

/** Options of `db.command` for cursors' commands: the documents of a batch are bytes for {@link decodeDocument}. */
export const RAW_BATCHES = { fieldsAsRaw: { firstBatch: true, nextBatch: true } } as const;

/**
 * Options of other commands that answer with documents: values keep their type. Only a pattern with an option letter
 * that the driver doesn't know makes it throw.
 */
export const EXACT_VALUES = { promoteLongs: false, bsonRegExp: true, enableUtf8Validation: false } as const;

/** A document; or why it has none, and those of its members that could be decoded (its `_id`, if it is among them). */
export type Decoded =
  | { readonly document: Document; readonly fault?: undefined }
  | { readonly fault: string; readonly members: Document };

/**
 * The document in these bytes. Numbers of 64 bits are `Long`, smaller ones and doubles `number`; a document inside it is
 * a `Map` where a plain object would change it. Text that is not UTF-8 is read with replacement characters, but for the
 * `_id`, which would become another one.
 */
export function decodeDocument(bytes: Uint8Array): Decoded {
  return decode(bytes, 0);
}

/** A change event; its documents are plain objects, as that of {@link decodeDocument} is. */
export function decodeEvent(bytes: Uint8Array): Decoded {
  return decode(bytes, 1);
}

function decode(bytes: Uint8Array, plainLevels: number): Decoded {
  const members: Document = {};
  let fault: string | undefined;
  try {
    for (const element of elementsOf(bytes)) {
      const name = nameOf(bytes, element);
      const reading: Reading = { plainLevels, strict: name === '_id' };
      try {
        setMember(members, name, valueOf(bytes, element, reading));
      } catch (error) {
        fault ??= `${name}: ${messageOf(error)}`;
      }
    }
  } catch (error) {
    fault ??= messageOf(error);
  }
  return fault === undefined ? { document: members } : { fault, members };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
