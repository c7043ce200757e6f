import { BSONRegExp, ObjectId, Timestamp } from 'bson';
import { encodedSize } from '../bson/index.js';
import { commandError } from '../errors.js';
import { toTimestamp } from '../store/clock.js';
import { Collection, type CollectionOptions } from '../store/collection.js';
import { UUID } from 'bson';
import type { Found } from '../store/find-documents.js';
import {
  describeUpdate,
  isReplacement,
  isToldAsDelta,
  type Update,
  type UpdateResult,
} from '../update/index.js';
import { isDocument, type Document } from '../values/index.js';
import { collectionName, findCollection, type CommandContext } from './context.js';

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** The command's collection, created when it does not exist yet. */
export function ensureCollection(ctx: CommandContext, options: CollectionOptions = {}): Collection {
  const known = findCollection(ctx);
  if (known) return known;
  ctx.workspace.create(new Collection(collectionName(ctx), new UUID(), options));
  const created = findCollection(ctx);
  if (!created) throw commandError(1, 'the collection was not created');
  return created;
}

export function insertDocument(ctx: CommandContext, collection: Collection, given: Document): Document {
  const doc = withIdFirst(ctx, given);
  assertStorable(ctx, collection, doc);
  const { at, uuid } = collection;
  ctx.workspace.write(collection, { op: 'insert', at, uuid, key: collection.keyOf(doc._id), doc });
  return doc;
}

/** Stores what an update made of a document; true if that is a change. */
export function updateDocument(
  ctx: CommandContext,
  collection: Collection,
  { found, result, update }: { found: Found; result: UpdateResult; update: Update },
): boolean {
  const { doc, changed, touched } = result;
  if (!changed) return false;
  assertStorable(ctx, collection, doc, found.doc);
  const { at, uuid } = collection;
  const pre = collection.keepsImages ? { pre: found.doc } : {};
  const whole = Array.isArray(update) ? !isToldAsDelta(found.doc, doc) : isReplacement(update);
  const description = whole ? {} : { description: describeUpdate(found.doc, doc, touched) };
  ctx.workspace.write(collection, { op: 'update', at, uuid, key: found.key, doc, ...description, ...pre });
  return true;
}

export function deleteDocument(ctx: CommandContext, collection: Collection, found: Found): void {
  const { at, uuid } = collection;
  const pre = collection.keepsImages ? { pre: found.doc } : {};
  ctx.workspace.write(collection, { op: 'delete', at, uuid, key: found.key, id: found.doc._id, ...pre });
}

function withIdFirst(ctx: CommandContext, given: Document): Document {
  const { _id: id = new ObjectId(), ...rest } = given;
  assertId(id);
  const [firstField] = Object.keys(given);
  const doc = firstField === '_id' && given._id !== undefined ? given : { _id: id, ...rest };
  return fillTimestamps(ctx, doc);
}

/** An empty timestamp at the top level is the server's to fill in. */
function fillTimestamps(ctx: CommandContext, doc: Document): Document {
  let filled = doc;
  for (const [field, value] of Object.entries(doc)) {
    if (field === '_id' || !(value instanceof Timestamp) || !value.isZero()) continue;
    filled = { ...filled, [field]: toTimestamp(ctx.node.store.clock.tick()) };
  }
  return filled;
}

function assertId(id: unknown): void {
  const kind = Array.isArray(id)
    ? 'array'
    : id instanceof BSONRegExp || id instanceof RegExp
      ? 'regex'
      : undefined;
  if (kind) throw commandError(53, `The '_id' value cannot be of type ${kind}`);
  const dollar = isDocument(id) ? Object.keys(id).find((field) => field.startsWith('$')) : undefined;
  if (dollar)
    throw commandError(
      52,
      `_id fields may not contain '$'-prefixed fields: ${dollar} is not valid for storage.`,
    );
}

function assertStorable(
  ctx: CommandContext,
  collection: Collection,
  doc: Document,
  previous?: Document,
): void {
  const bytes = encodedSize(doc);
  if (bytes > MAX_DOCUMENT_BYTES) {
    throw commandError(10334, `BSONObj size: ${bytes} is invalid. Size must be between 0 and 16793600(16MB)`);
  }
  if (ctx.command.bypassDocumentValidation !== true && !collection.accepts(doc, previous)) {
    throw commandError(121, 'Document failed validation', {
      errInfo: { failingDocumentId: doc._id, details: { operatorName: 'validator' } },
    });
  }
}
