import type { EntityDefinition, MongoChange, PreviousRecord } from '@redis-mongo-sync/sync-core';
import type { Document } from 'mongodb';
import { idText } from './document-ids.js';
import { stampOf } from './document-stamp.js';
import { imageOf, keyOf, seeDocument, type SeenDocument } from './documents.js';
import { tombstoneImage } from './tombstones.js';

/* What one event of the change stream says of a record. Events of other operations say nothing. */

/** Of a document; `null`: nothing. */
export function changeOfDocument(entity: EntityDefinition, event: Document): MongoChange | null {
  switch (event.operationType) {
    case 'insert':
    case 'update':
    case 'replace':
      return written(entity, event);
    case 'delete':
      return erased(entity, event);
    default:
      return null;
  }
}

/** Of a document as it was found. */
export function changeTo(
  entity: EntityDefinition,
  seen: SeenDocument,
  before?: Document,
): WrittenOrUnsyncable {
  if (!seen.image)
    return { kind: 'unsyncable', entity, id: seen.id, reason: seen.reason, ...previousOf(entity, before) };
  return { kind: 'written', entity, image: seen.image, ...previousOf(entity, before, seen.image.key) };
}

type WrittenOrUnsyncable = Extract<MongoChange, { kind: 'written' | 'unsyncable' }>;

/** Of a tombstone. */
export function changeOfTombstone(entity: EntityDefinition, event: Document): MongoChange | null {
  const isGone = event.operationType === 'delete';
  const document = (isGone ? event.fullDocumentBeforeChange : event.fullDocument) as
    Document | null | undefined;
  const image = document && tombstoneImage(entity, document);
  if (!image) return null; // an outsider's; or it was gone when it was looked up, which its own event will say
  return isGone ? { kind: 'erased', entity, id: null, last: image } : { kind: 'written', entity, image };
}

function written(entity: EntityDefinition, event: Document): MongoChange | null {
  const before = (event.fullDocumentBeforeChange as Document | null | undefined) ?? undefined;
  const document = event.fullDocument as Document | null | undefined;
  if (document) return changeTo(entity, seeDocument(entity, document), before);
  // The document was gone when it was looked up. Its delete is further down the stream – but that names the last key
  // only, and this change may have been the one that took another key away.
  return before ? erased(entity, event) : null;
}

function erased(entity: EntityDefinition, event: Document): MongoChange {
  const before = event.fullDocumentBeforeChange as Document | null | undefined;
  const id = idText((event.documentKey as Document)._id);
  return { kind: 'erased', entity, id, last: before ? imageOf(entity, before) : null };
}

/** The record that the document was before, if it is another one now. */
function previousOf(
  entity: EntityDefinition,
  before: Document | undefined,
  present?: string,
): { readonly previous?: PreviousRecord } {
  if (!before) return {};
  const found = keyOf(entity, before);
  if ('reason' in found || found.key === present) return {};
  return { previous: { key: found.key, version: stampOf(before).version } };
}
