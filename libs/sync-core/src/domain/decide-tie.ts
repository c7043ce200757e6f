import { fieldsOf } from './change-event.js';
import { sharedFields, type EntityDefinition } from './entity.js';
import { canonicalJson, type JsonObject } from './json.js';
import { differingFields } from './merge-fields.js';
import { eventFromImage, type MongoImage } from './mongo-image.js';
import type { HeldRecord } from './record-text.js';

/**
 * What to do when a change from Mongo meets its own version in Redis with another content, by what Mongo holds now
 * (several images may share a version, and arrive in any order):
 * - `write`: Mongo's image – the change itself, where Mongo has no document any more – replaces what Redis holds;
 * - `wait`: Mongo has moved on; a newer change is in flight;
 * - `stamp`: an outsider changed a shared field without moving the version. The document is stamped, and comes back.
 */
export type TieDecision = 'write' | 'wait' | 'stamp';

/**
 * At equal version Mongo wins: it may hold fields that Mongo owns, or an outsider's edit, that Redis lacks. If only
 * owned fields differ, the image is written. So it is when each side's own client wrote this version; a new version
 * would make it win over later writes, too. A shared field that differs otherwise is an outsider's edit.
 */
export function decideTie(
  entity: EntityDefinition,
  held: HeldRecord,
  image: MongoImage | undefined,
): TieDecision {
  if (!image) return 'write'; // no document any more: the change was the last one
  if (image.version !== held.version) return 'wait';
  if (image.deleted) return 'write'; // a tombstone holds nothing that an outsider could have changed
  const twoClients = held.source === 'redis' && image.source === 'mongo';
  return twoClients || sameShared(entity, held, image) ? 'write' : 'stamp';
}

/** The shared fields in which the two differ; `undefined`: it can't be told. */
export function tiedFields(
  entity: EntityDefinition,
  held: HeldRecord,
  image: MongoImage,
): readonly string[] | undefined {
  const inRedis = held.payload === null ? null : parseFields(held.payload);
  if (inRedis === null || image.deleted) return undefined;
  return differingFields(sharedFields(entity, inRedis), sharedFields(entity, image.fields));
}

function sameShared(entity: EntityDefinition, held: HeldRecord, image: MongoImage): boolean {
  const event = eventFromImage(entity, image, held.version);
  if (held.payload === null || event.payload === null) return held.payload === event.payload;
  const inRedis = parseFields(held.payload);
  if (inRedis === null) return true; // no JSON: Mongo's image replaces it
  const text = (fields: JsonObject) => canonicalJson(sharedFields(entity, fields));
  return text(inRedis) === text(fieldsOf(event));
}

function parseFields(text: string): JsonObject | null {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return null;
  }
}
