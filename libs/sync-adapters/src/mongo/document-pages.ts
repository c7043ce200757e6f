import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import { MinKey, type Collection, type Db, type Document, type Filter, type FindOptions } from 'mongodb';
import { canBeSought, idFromText, idText } from './document-ids.js';
import { seeDocument, type SeenDocument } from './documents.js';
import { withMongoErrors } from './mongo-errors.js';
import { decodeDocument, RAW_DOCUMENTS, type Decoded } from './read-documents.js';

export interface DocumentPage {
  readonly documents: readonly SeenDocument[];
  /** The last id of the page ({@link idText}); the next page comes after it. */
  readonly lastId: string;
}

export interface PageRequest {
  /** The id after which to begin ({@link idText}); `null`: at the first. */
  readonly afterId: string | null;
  /** Documents of a page. */
  readonly limit: number;
  /** Bytes of BSON with which a page is full, whatever the limit. */
  readonly maxBytes?: number;
}

/** The driver's batches are no larger than 16 MiB either: a page takes little more memory than its largest document. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;

/**
 * All documents of the entity with an id above `afterId`, in pages along the index on `_id`: ids of every type, in the
 * order of BSON. A page is larger than it should be if it would end at an id that can't be named.
 */
export async function* documentPages(
  db: Db,
  entity: EntityDefinition,
  { afterId, limit, maxBytes = MAX_PAGE_BYTES }: PageRequest,
): AsyncGenerator<DocumentPage> {
  const collection = db.collection(entity.collection);
  let after = afterId;
  for (;;) {
    const page = await withMongoErrors(() => readPage(collection, { afterId: after, limit, maxBytes }));
    if (page.documents.length > 0) yield pageOf(entity, page);
    if (!page.more) return;
    after = page.lastId;
  }
}

/** Ids above this one, of every type, as a condition; for a search, `min` takes the index where this may not. */
export function idsAfter(id: string | null): Filter<Document> {
  return id === null ? {} : { $expr: { $gt: ['$_id', { $literal: idFromText(id) }] } };
}

interface ReadPage {
  readonly documents: readonly Found[];
  readonly lastId: string;
  readonly more: boolean;
}

interface Found {
  readonly id: string | null;
  readonly decoded: Decoded;
}

async function readPage(
  collection: Collection,
  { afterId, limit, maxBytes }: Required<PageRequest>,
): Promise<ReadPage> {
  const documents: Found[] = [];
  let lastId = afterId ?? BEFORE_ALL;
  let size = 0;
  const cursor = collection.find({}, { ...alongIds(afterId), ...RAW_DOCUMENTS, batchSize: limit + 1 });
  for await (const raw of cursor) {
    const bytes = raw as unknown as Uint8Array;
    const found = identified(decodeDocument(bytes));
    if (documents.length === 0 && found.id !== null && found.id === afterId) continue; // `min` includes its bound
    documents.push(found);
    size += bytes.length;
    if (found.id === null || !canBeSought(found.id)) continue;
    lastId = found.id;
    if (documents.length >= limit || size >= maxBytes) return { documents, lastId, more: true };
  }
  return { documents, lastId, more: false };
}

/** Until an id is found that can be named. */
const BEFORE_ALL = idText(new MinKey());

function alongIds(afterId: string | null): FindOptions {
  const index = { _id: 1 } as const;
  return { hint: index, sort: index, ...(afterId === null ? {} : { min: { _id: idFromText(afterId) } }) };
}

function identified(decoded: Decoded): Found {
  const members = decoded.fault === undefined ? decoded.document : decoded.members;
  return { id: '_id' in members ? idText(members._id) : null, decoded };
}

function pageOf(entity: EntityDefinition, { documents, lastId }: ReadPage): DocumentPage {
  return { documents: documents.map((found) => seen(entity, found)), lastId };
}

function seen(entity: EntityDefinition, { id, decoded }: Found): SeenDocument {
  if (decoded.fault === undefined && id !== null) return seeDocument(entity, decoded.document);
  return { image: null, id: id ?? UNKNOWN_ID, reason: 'unreadable' };
}

/** Of a document whose very `_id` can't be read. */
const UNKNOWN_ID = idText(null);
