import type { Collection, Document, Filter, FindOptions } from 'mongodb';
import { decodeDocument, RAW_DOCUMENTS } from './read-documents.js';

/** The documents that match, but for those that can't be decoded: they are no records. */
export async function findDocuments(
  collection: Collection,
  filter: Filter<Document>,
  options: FindOptions = {},
): Promise<Document[]> {
  const found: Document[] = [];
  for await (const bytes of collection.find(filter, { ...options, ...RAW_DOCUMENTS })) {
    const document = documentIn(bytes);
    if (document) found.push(document);
  }
  return found;
}

/** What a command with {@link RAW_DOCUMENTS} answers; `null`: it can't be decoded. */
export function documentIn(bytes: unknown): Document | null {
  const { document = null } = decodeDocument(bytes as Uint8Array) as { readonly document?: Document };
  return document;
}
