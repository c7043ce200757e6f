import { changeEvent, payloadOf, type ChangeEvent } from './change-event.js';
import type { EntityDefinition } from './entity.js';
import type { JsonObject } from './json.js';
import type { Source } from './stamp.js';

/** One record as Mongo holds it: a document, or the tombstone of one. */
export interface MongoImage {
  /** Canonical Extended JSON of the document's `_id`; `null`: a tombstone has none. */
  readonly id: string | null;
  readonly key: string;
  /** `null`: unstamped: an outsider wrote the document without a version, or with something that is none. */
  readonly version: number | null;
  readonly source: Source;
  readonly deleted: boolean;
  /** The fields that Redis may show, key field included; empty when deleted. */
  readonly fields: JsonObject;
  /** When Mongo changed which field last; only where the entity merges fields. */
  readonly fieldVersions?: FieldVersions;
}

/** The versions at which fields of a document were changed last. What is not named was not changed since `all`. */
export interface FieldVersions {
  readonly of: Readonly<Record<string, number>>;
  /** Of fields that a Redis write changed: the version of that write. A merged document has a version above it. */
  readonly made?: Readonly<Record<string, number>>;
  /** The last merge. */
  readonly merged?: MergeMark;
  /** Up to this version all fields count as changed: an outsider wrote, and did not say what. 0: none. */
  readonly all: number;
}

/** The last merge of a document with a Redis write that had not seen it. */
export interface MergeMark {
  /** The version of the merged document. */
  readonly at: number;
  /** The version of the Redis write. It is settled, and so are those that it was made on top of: above `claimed`. */
  readonly made: number;
  readonly claimed: number;
  /**
   * Up to where that write really knew what Mongo has. Redis goes on from it, and shows the merged document later: who has
   * not seen version `at` knows no more, whatever was written there since.
   */
  readonly known: number;
}

/** The event that carries Mongo's image of a record. What the entity's filter refuses travels as a delete. */
export function eventFromImage(entity: EntityDefinition, image: MongoImage, version: number): ChangeEvent {
  const shown = !image.deleted && (entity.filter?.(image.fields) ?? true);
  const { key, source, id } = image;
  const payload = shown ? payloadOf(image.fields) : null;
  return changeEvent('mongo', {
    entity: entity.name,
    key,
    source,
    version,
    payload,
    ...(id === null ? {} : { id }),
  });
}
