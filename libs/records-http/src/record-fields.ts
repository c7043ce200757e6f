import { Field, RestField, type FieldOptions } from '@redis-mongo-sync/service-kit';
import {
  InvalidKeyError,
  isJsonObject,
  keyOfValue,
  validateProfile,
  type EntityDefinition,
  type Json,
} from '@redis-mongo-sync/sync-core';
import { withoutAnswered } from './read-back.js';

export interface KeyFieldOptions extends FieldOptions {
  /** For the OpenAPI document. */
  readonly format?: string;
  readonly maxLength?: number;
}

/** The record key of an entity, in a path or in a body; read in its normal form. */
export function KeyField(
  entity: EntityDefinition,
  { format, maxLength, ...field }: KeyFieldOptions = {},
): PropertyDecorator {
  return Field({
    ...field,
    schema: {
      type: 'string',
      ...(format === undefined ? {} : { format }),
      ...(maxLength === undefined ? {} : { maxLength }),
    },
    convert: (raw) => normalized(entity, raw).key ?? raw,
    check: (value) => normalized(entity, value).fault,
  });
}

/**
 * What a client wants to store in a record, beside the fields that have decorators of their own. An answer that is sent
 * back is taken for what the client has changed in it; `added` are the members that this endpoint's answers have of their own.
 */
export function ProfileField(entity: EntityDefinition, added?: readonly string[]): PropertyDecorator {
  return RestField(
    (body) => (isJsonObject(body) ? validateProfile(entity, body) : []),
    (body) => (isJsonObject(body) ? withoutAnswered(body, added) : body),
  );
}

interface Normalized {
  readonly key?: string;
  readonly fault?: string;
}

function normalized(entity: EntityDefinition, raw: unknown): Normalized {
  try {
    return { key: entity.normalizeKey(keyText(entity, raw)) };
  } catch (error) {
    if (error instanceof InvalidKeyError) return { fault: error.message };
    throw error;
  }
}

/** The text of a key that was sent as the value it is, e.g. a number; anything else as it is. */
function keyText(entity: EntityDefinition, raw: unknown): unknown {
  if (typeof raw === 'string') return raw;
  const named = keyOfValue(entity, raw as Json);
  return 'key' in named ? named.key : raw;
}
