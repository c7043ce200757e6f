import { BSON, type Document } from 'mongodb';
import { UNPROMOTED } from '../../support/plain-values.js';
import type { Told } from '../load/told.js';
import type { MongoFinals } from './stores.js';

/** Fields that clients of the product write into outsiders' documents. */
const TOUCHED = new Set(['op', 'touched', '_sync']);

/**
 * Outsiders' documents in which a value that no client wrote is not, byte for byte, the value that was inserted: a client
 * that never saw its type, or the sync, has changed it.
 */
export function altered(told: Told, { documents }: MongoFinals): string[] {
  return [...told.typed].flatMap(([key, inserted]) => {
    const standing = documents.get(key);
    if (!standing) return [`${key}: inserted by an outsider, and gone`];
    const before = asRead(inserted);
    const names = Object.keys(before).filter((name) => !TOUCHED.has(name));
    const changed = names.filter((name) => exact(before[name]) !== exact(standing[name]));
    return changed.map((name) => `${key}: ${name} was ${exact(before[name])}, is ${exact(standing[name])}`);
  });
}

/** Where the list of documents that are not synced is not the list of documents whose key is unusable. */
export function unlisted({ unusable }: MongoFinals, listed: ReadonlySet<string>): string[] {
  return [
    ...[...unusable]
      .filter((id) => !listed.has(id))
      .map((id) => `${id}: its key is unusable, and it is not listed`),
    ...[...listed]
      .filter((id) => !unusable.has(id))
      .map((id) => `${id}: listed, and its key is usable, or it is gone`),
  ];
}

function asRead(document: Document): Document {
  return BSON.deserialize(BSON.serialize(document, { ignoreUndefined: false }), UNPROMOTED);
}

function exact(value: unknown): string {
  return value === undefined ? 'nothing' : BSON.EJSON.stringify({ value }, { relaxed: false });
}
