import { BSON } from 'mongodb';

const NAMES = new Map<number, string>(
  Object.entries(BSON.BSONType).map(([name, code]) => [code === BSON.BSONType.minKey ? 255 : code, name]),
);

/** Name of a type byte, as `$type` has it. */
export function bsonTypeName(type: number): string {
  return NAMES.get(type) ?? `type ${type}`;
}
