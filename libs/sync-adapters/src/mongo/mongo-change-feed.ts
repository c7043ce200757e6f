import {
  HistoryLostError,
  type ChangeBatch,
  type ChangeFeed,
  type EntityDefinition,
  type MongoChange,
  type SnapshotPage,
} from '@redis-mongo-sync/sync-core';
import type { Db, Document, MongoClient } from 'mongodb';
import { changeOfDocument, changeOfTombstone, changeTo } from './captured-changes.js';
import { idText } from './document-ids.js';
import { documentPages, idsAfter } from './document-pages.js';
import { withMongoErrors } from './mongo-errors.js';
import { rawChangeStream, type RawChangeStreamOptions } from './raw-change-stream.js';
import type { Decoded } from './read-documents.js';
import { placeOf, placeText } from './snapshot-place.js';
import { tombstonePages } from './tombstone-pages.js';
import { TOMBSTONES_COLLECTION, type TombstoneId } from './tombstones.js';

export interface MongoChangeFeedOptions {
  readonly client: MongoClient;
  readonly db: Db;
  readonly entities: readonly EntityDefinition[];
  /** Whether the server keeps pre-images (see `prepareCollections`). */
  readonly preImages: () => boolean;
  /** Called when a collection was dropped or renamed: its records are gone without a change event each. */
  readonly onCollectionLost?: (collection: string, operation: string) => void;
  /** Called when a change can't even be read so far that the document it is of is known. */
  readonly onUnreadable?: (fault: string) => void;
}

/** The change stream of the database, as changes of records. A position is the JSON text of a resume token. */
export class MongoChangeFeed implements ChangeFeed {
  private readonly byCollection: ReadonlyMap<string, EntityDefinition>;
  private readonly byName: ReadonlyMap<string, EntityDefinition>;

  constructor(private readonly options: MongoChangeFeedOptions) {
    this.byCollection = new Map(options.entities.map((entity) => [entity.collection, entity]));
    this.byName = new Map(options.entities.map((entity) => [entity.name, entity]));
  }

  async head(): Promise<string> {
    const opening = new AbortController();
    try {
      for await (const { token } of rawChangeStream(this.streamOptions(), opening.signal)) {
        return JSON.stringify(token);
      }
      throw new Error('the change stream closed as it was opened');
    } finally {
      opening.abort();
    }
  }

  async *read(position: string, signal: AbortSignal): AsyncGenerator<ChangeBatch> {
    const after = tokenOf(position);
    for await (const { events, token } of rawChangeStream({ ...this.streamOptions(), after }, signal)) {
      const changes = events.map((event) => this.changeOf(event)).filter((change) => change !== null);
      const wallTime = membersOf(events.at(-1))?.wallTime as Date | undefined;
      yield {
        changes,
        position: JSON.stringify(token),
        ...(wallTime ? { changedAt: wallTime.getTime() } : {}),
      };
    }
  }

  /** Tombstones first: a record that was created again is above its own. */
  async *snapshot(entity: EntityDefinition, afterId: string | null): AsyncGenerator<SnapshotPage> {
    const { db } = this.options;
    const place = placeOf(afterId);
    const limit = SNAPSHOT_CHUNK;
    if (place.of === 'tombstones') {
      for await (const { images, last } of tombstonePages(db, entity, { after: place.after, limit })) {
        const changes = images.map((image) => ({ kind: 'written', entity, image }) as const);
        yield { changes, afterId: placeText({ of: 'tombstones', after: last }) };
      }
    }
    const from = place.of === 'documents' ? place.after : null;
    for await (const { documents, lastId } of documentPages(db, entity, { afterId: from, limit })) {
      const changes = documents.map((seen) => changeTo(entity, seen));
      yield { changes, afterId: placeText({ of: 'documents', after: lastId }) };
    }
  }

  /** About how many documents {@link snapshot} will go through. */
  estimate(entity: EntityDefinition, afterId: string | null): Promise<number> {
    const collection = this.options.db.collection(entity.collection);
    const place = placeOf(afterId);
    const after = place.of === 'documents' ? place.after : null;
    return withMongoErrors(() =>
      after === null ? collection.estimatedDocumentCount() : collection.countDocuments(idsAfter(after)),
    );
  }

  private changeOf(decoded: Decoded): MongoChange | null {
    const event = membersOf(decoded) ?? {};
    if (decoded.fault !== undefined && !isIdentified(event)) {
      this.options.onUnreadable?.(decoded.fault);
      return null;
    }
    const operation = String(event.operationType);
    const collection = String((event.ns as Document | undefined)?.coll ?? '');
    if (collection === TOMBSTONES_COLLECTION) return this.changeOfTombstone(event);
    const entity = this.byCollection.get(collection);
    if (LOSSES.has(operation)) {
      this.options.onCollectionLost?.(entity ? collection : '(all)', operation);
      return null;
    }
    if (!entity) return null;
    if (decoded.fault !== undefined) return undecodable(entity, event);
    return changeOfDocument(entity, event);
  }

  private changeOfTombstone(event: Document): MongoChange | null {
    const { _id: id } = (event.documentKey ?? {}) as { readonly _id?: Partial<TombstoneId> };
    const entity = this.byName.get(String(id?.entity));
    return entity ? changeOfTombstone(entity, event) : null;
  }

  private streamOptions(): RawChangeStreamOptions {
    const { client, db, preImages } = this.options;
    const collections = [...this.byCollection.keys(), TOMBSTONES_COLLECTION];
    return { client, db, preImages: preImages(), collections };
  }
}

const SNAPSHOT_CHUNK = 500;
const LOSSES: ReadonlySet<string> = new Set(['drop', 'rename', 'dropDatabase', 'invalidate']);

function membersOf(decoded: Decoded | undefined): Document | undefined {
  return decoded?.fault === undefined ? decoded?.document : decoded.members;
}

/** Whether it can be told which document of which collection a change is of. */
function isIdentified({ ns, documentKey }: Document): boolean {
  const isNamed = (ns as Document | undefined)?.coll !== undefined;
  return isNamed && (documentKey as Document | undefined)?._id !== undefined;
}

/** A change whose event can't be read: what the document was before is not known either. */
function undecodable(entity: EntityDefinition, { documentKey }: Document): MongoChange | null {
  const id: unknown = (documentKey as Document | undefined)?._id;
  return id === undefined ? null : { kind: 'unsyncable', entity, id: idText(id), reason: 'unreadable' };
}

/** @throws HistoryLostError for what is no resume token: there is no history after it, and only a snapshot helps */
function tokenOf(position: string): Document {
  try {
    const token: unknown = JSON.parse(position);
    if (typeof token === 'object' && token !== null && !Array.isArray(token)) return token;
  } catch {
    // told below
  }
  throw new HistoryLostError('the position is no resume token');
}
