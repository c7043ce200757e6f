import {
  InvalidKeyError,
  isJsonObject,
  keyOfValue,
  keyValue,
  parseRecord,
  payloadOf,
  sharedFields,
  validateProfile,
  type EntityDefinition,
  type Json,
  type JsonObject,
} from '@redis-mongo-sync/sync-core';

/** What was found under a key of the entity's pattern. */
type FoundValue =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'hash'; readonly fields: Readonly<Record<string, string>> }
  | { readonly type: 'other'; readonly name: string };

/**
 * What to make of it:
 * - `ours`: in the product's format;
 * - `adopt`: can become a record with this payload;
 * - `leave`: cannot, for this reason.
 */
type Adoption =
  | { readonly kind: 'ours' }
  | { readonly kind: 'adopt'; readonly payload: string }
  | { readonly kind: 'leave'; readonly reason: string };

const MAX_BYTES = 262_144;
const MAX_DEPTH = 32;

/** Pure. */
export function adoptionOf(entity: EntityDefinition, key: string, value: FoundValue): Adoption {
  if (value.type === 'other') return { kind: 'leave', reason: `a ${value.name}, not a string or a hash` };
  if (value.type === 'string' && parseRecord(value.text)?.payload != null) return { kind: 'ours' };
  const keyFault = faultOfKey(entity, key);
  if (keyFault) return { kind: 'leave', reason: keyFault };
  const fields = value.type === 'hash' ? value.fields : parsed(value.text);
  if (!fields) return { kind: 'leave', reason: 'not a JSON object' };
  return adopted(entity, key, fields);
}

function adopted(entity: EntityDefinition, key: string, found: JsonObject): Adoption {
  const { keyField } = entity;
  if (!isNamed(entity, key, found[keyField])) {
    return { kind: 'leave', reason: `its ${keyField} is not the one in its name` };
  }
  const { [keyField]: _key, ...shared } = sharedFields(entity, found);
  const missing = entity.requiredOnCreate.find((field) => shared[field] === undefined);
  if (missing !== undefined) return { kind: 'leave', reason: `no ${missing}` };
  const [fault] = validateProfile(entity, shared);
  if (fault) return { kind: 'leave', reason: `${fault.field} ${fault.message}` };
  const payload = payloadOf({ ...shared, [keyField]: keyValue(entity, key) });
  if (Buffer.byteLength(payload) > MAX_BYTES) return { kind: 'leave', reason: 'larger than 256 KiB' };
  return { kind: 'adopt', payload };
}

/** Whether a value that was found in the key field says the same as the name of the Redis key. Hashes hold texts only. */
function isNamed(entity: EntityDefinition, key: string, value: Json | undefined): boolean {
  if (value === undefined) return true;
  if (typeof value === 'string' && normalized(entity, value) === key) return true;
  const named = keyOfValue(entity, value);
  return 'key' in named && named.key === key;
}

function faultOfKey(entity: EntityDefinition, key: string): string | null {
  const normal = normalized(entity, key);
  if (normal === null) return `its name holds no usable ${entity.keyField}`;
  return normal === key ? null : `the ${entity.keyField} in its name is not in its normal form, ${normal}`;
}

function normalized(entity: EntityDefinition, raw: unknown): string | null {
  try {
    return entity.normalizeKey(raw);
  } catch (error) {
    if (error instanceof InvalidKeyError) return null;
    throw error;
  }
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && depthOf(value) <= MAX_DEPTH ? value : null;
  } catch {
    return null;
  }
}

/** Levels of a value; counts no further than one more than is allowed. */
function depthOf(value: unknown, level = 0): number {
  if (typeof value !== 'object' || value === null || level > MAX_DEPTH) return level;
  return Math.max(level + 1, ...Object.values(value).map((member) => depthOf(member, level + 1)));
}
