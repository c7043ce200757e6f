import { BSON, Code, DBRef, Double, Int32, Long } from 'mongodb';

/**
 * What a document's bytes hold, in a form that is equal exactly if the documents are, but for the order of members and
 * the type of a whole number that a double holds exactly. It shares nothing with the converters that it judges.
 */
export function describeBson(bytes: Uint8Array): unknown {
  return describe(BSON.deserialize(bytes, { promoteValues: false, bsonRegExp: true }));
}

function describe(value: unknown): unknown {
  if (Array.isArray(value)) return ['list', value.map(describe)];
  if (value instanceof Code) return ['code', value.code, describe(value.scope)];
  if (value instanceof DBRef) {
    const { collection: $ref, oid: $id, db, fields } = value;
    return ['document', membersOf({ $ref, $id, ...(db === undefined ? {} : { $db: db }), ...fields })];
  }
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return ['document', membersOf(value)];
  }
  if (value instanceof Int32 || value instanceof Double || value instanceof Long) {
    const number = Number(value);
    if (Number.isSafeInteger(number) && !Object.is(number, -0)) return ['number', number];
  }
  return ['value', BSON.EJSON.serialize({ value }, { relaxed: false }).value];
}

function membersOf(document: object): unknown {
  return Object.entries(document)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, describe(member)]);
}
