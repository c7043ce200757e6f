import { isJsonObject, meaningOf, needsEscape, type Json } from '@redis-mongo-sync/sync-core';
import { BSON, BSONSymbol, ObjectId } from 'mongodb';
import { bsonToJson, InvalidValueError, jsonToBson } from './bson-json.js';
import { comparableNumber } from './comparable-numbers.js';
import { isDocument, membersOf } from './scalar-json.js';

/*
 * The `_id` of a document as text: its JSON form, without white space. Two ids have the same text exactly if MongoDB's
 * unique index takes them for the same: numbers of equal value, whatever their type (5, 5.0, Long 5 and Decimal 5.0 are
 * `5`), a symbol and its text; in documents, order matters.
 */

/** @throws TypeError for what is no BSON value */
export function idText(id: unknown): string {
  return JSON.stringify(idToJson(id));
}

/**
 * An id that MongoDB takes for the one with this text.
 *
 * @throws InvalidValueError for what is no such text, or an id that the driver can't write
 */
export function idFromText(text: string): unknown {
  // Positions that earlier versions kept name an ObjectId without its wrapper.
  if (/^[0-9a-f]{24}$/.test(text)) return new ObjectId(text);
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    throw new InvalidValueError('', 'no text of an _id');
  }
  return idFromJson(json);
}

/** Whether the driver can write the id with this text, so that a search may begin there. */
export function canBeSought(text: string): boolean {
  try {
    BSON.serialize({ _id: idFromText(text) });
    return true;
  } catch {
    return false;
  }
}

function idToJson(id: unknown): Json {
  if (Array.isArray(id)) return id.map(idToJson);
  if (!isDocument(id)) return bsonToJson(id instanceof BSONSymbol ? id.value : comparableNumber(id));
  const members = membersOf(id).map(([name, member]): [string, Json] => [name, idToJson(member)]);
  const document = Object.fromEntries(members);
  if (!keepsOrder(members, document)) return { $document: members };
  return needsEscape(document) ? { $document: document } : document;
}

/** JavaScript moves names that look like numbers to the front; such a document is a list of pairs. */
function keepsOrder(members: readonly [string, Json][], document: object): boolean {
  const names = Object.keys(document);
  return (
    members.length === names.length &&
    members.every(([name], at) => name === names[at] && name !== '_bsontype')
  );
}

function idFromJson(json: Json): unknown {
  if (Array.isArray(json)) return json.map(idFromJson);
  if (!isJsonObject(json)) return json;
  if (Array.isArray(json.$document)) return new Map(json.$document.map(pairOf));
  const meaning = meaningOf(json);
  if (meaning.kind !== 'document') return jsonToBson(json);
  return Object.fromEntries(
    Object.keys(meaning.members === json.$document ? meaning.members : json).map((name) => [
      name,
      idFromJson(meaning.members[name] ?? null),
    ]),
  );
}

function pairOf(pair: Json): [string, unknown] {
  if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') {
    throw new InvalidValueError('', 'no text of an _id');
  }
  return [pair[0], idFromJson(pair[1] as Json)];
}

/** An `_id` as clients see it: the digits of an ObjectId, the {@link idText} of anything else. */
export function publicId(id: unknown): string {
  return id instanceof ObjectId ? id.toHexString() : idText(id);
}

/** The reverse of {@link publicId}; `undefined`: the text is no id. */
export function idFromPublic(text: string): unknown {
  try {
    return idFromText(/^[\da-f]{24}$/i.test(text) ? text.toLowerCase() : text);
  } catch (error) {
    if (error instanceof InvalidValueError) return undefined;
    throw error;
  }
}
