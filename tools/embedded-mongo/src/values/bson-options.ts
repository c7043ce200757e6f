import type { DeserializeOptions, SerializeOptions } from 'bson';

/**
 * How documents are held in memory: int64 as `bigint` (exact), int32 and double both as `number`,
 * binary as `Binary`/`UUID`, regular expressions as `BSONRegExp`.
 *
 * Known deviation: a double that happens to be a whole number within int32 is written back as int32. Values
 * are never changed by it; only `$type` and clients that tell the two apart can see it.
 */
export const DESERIALIZE = {
  useBigInt64: true,
  promoteValues: true,
  promoteLongs: true,
  promoteBuffers: false,
  bsonRegExp: true,
} as const satisfies DeserializeOptions;

export const SERIALIZE = {
  ignoreUndefined: true,
  checkKeys: false,
  serializeFunctions: false,
} as const satisfies SerializeOptions;
