import { changeEvent, payloadOf, type ChangeEvent } from './change-event.js';
import type { EntityDefinition } from './entity.js';
import type { JsonObject } from './json.js';
import type { Source } from './stamp.js';

/** One record as Mongo holds it. */
export interface MongoImage {
  /** Mongo `_id` as hex. */
  readonly id: string;
  readonly key: string;
  /** `null`: unstamped: an outsider wrote the document without a version, or with something that is none. */
  readonly version: number | null;
  readonly source: Source;
  readonly deleted: boolean;
  /** The fields that Redis may show, key field included; empty when deleted. */
  readonly fields: JsonObject;
}

/** The event that carries Mongo's image of a record. What the entity's filter refuses travels as a delete. */
export function eventFromImage(entity: EntityDefinition, image: MongoImage, version: number): ChangeEvent {
  const shown = !image.deleted && (entity.filter?.(image.fields) ?? true);
  const { key, source, id } = image;
  const payload = shown ? payloadOf(image.fields) : null;
  return changeEvent('mongo', { entity: entity.name, key, source, version, payload, id });
}
