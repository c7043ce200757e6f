import type { KeyType } from '@redis-mongo-sync/sync-core';
import { InvalidKeyError } from '@redis-mongo-sync/sync-core';
import { BSON } from 'mongodb';
import type { CheckContext } from '../check-context.js';

/** Why a document is not syncable. */
export type KeyFault = 'missing' | 'list' | 'wrong-type' | 'too-long' | 'not-normal' | 'unusable';

type Entity = CheckContext['entity'];

const LIST = 4;
/** No record key is longer; Redis clients in other languages are held to the same. */
const MAX_KEY_BYTES = 254;

const { BSONType } = BSON;
const TYPES: Readonly<Record<KeyType, readonly number[]>> = {
  string: [BSONType.string],
  number: [BSONType.double, BSONType.int, BSONType.long],
  objectId: [BSONType.objectId],
  uuid: [BSONType.binData],
};

/**
 * @param type type byte of the field
 * @param read decodes the value; not called for lists and other wrong types
 */
export function keyFaultOf(entity: Entity, type: number, read: () => unknown): KeyFault | null {
  if (type === LIST) return 'list';
  const { keyType = 'string' } = entity;
  if (!TYPES[keyType].includes(type)) return 'wrong-type';
  const value = read();
  switch (keyType) {
    case 'string':
      return textFault(entity, String(value));
    case 'number':
      return Number.isFinite(Number(value)) ? null : 'unusable';
    case 'uuid':
      return value instanceof BSON.Binary && value.sub_type === BSON.Binary.SUBTYPE_UUID
        ? null
        : 'wrong-type';
    case 'objectId':
      return null;
  }
}

function textFault(entity: Entity, text: string): KeyFault | null {
  try {
    return entity.normalizeKey(text) === text ? null : 'not-normal';
  } catch (error) {
    if (!(error instanceof InvalidKeyError)) throw error;
    return Buffer.byteLength(text) > MAX_KEY_BYTES ? 'too-long' : 'unusable';
  }
}
