import { Field, RestField, type FieldOptions } from '@redis-mongo-sync/service-kit';
import {
  InvalidKeyError,
  isJsonObject,
  validateProfile,
  type EntityDefinition,
} from '@redis-mongo-sync/sync-core';

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

/** What a client wants to store in a record, beside the fields that have decorators of their own. */
export function ProfileField(entity: EntityDefinition): PropertyDecorator {
  return RestField((body) => (isJsonObject(body) ? validateProfile(entity, body) : []));
}

interface Normalized {
  readonly key?: string;
  readonly fault?: string;
}

function normalized(entity: EntityDefinition, raw: unknown): Normalized {
  try {
    return { key: entity.normalizeKey(raw) };
  } catch (error) {
    if (error instanceof InvalidKeyError) return { fault: error.message };
    throw error;
  }
}
