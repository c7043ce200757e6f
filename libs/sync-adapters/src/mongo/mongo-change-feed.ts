import {
  HistoryLostError,
  type ChangeBatch,
  type ChangeFeed,
  type EntityDefinition,
  type MongoChange,
  type MongoImage,
} from '@redis-mongo-sync/sync-core';
import type { Db, Document, MongoClient } from 'mongodb';
import { documentPages, idsAfter } from './document-pages.js';
import { imageOf } from './documents.js';
import { withMongoErrors } from './mongo-errors.js';
import { rawChangeStream, type RawChangeStreamOptions } from './raw-change-stream.js';

export interface MongoChangeFeedOptions {
  readonly client: MongoClient;
  readonly db: Db;
  readonly entities: readonly EntityDefinition[];
  /** Whether the server keeps pre-images (see `prepareCollections`). */
  readonly preImages: () => boolean;
  /** Called when a collection was dropped or renamed: its records are gone without a change event each. */
  readonly onCollectionLost?: (collection: string, operation: string) => void;
}

/** The change stream of the database, as changes of records. A position is the JSON text of a resume token. */
export class MongoChangeFeed implements ChangeFeed {
  private readonly byCollection: ReadonlyMap<string, EntityDefinition>;

  constructor(private readonly options: MongoChangeFeedOptions) {
    this.byCollection = new Map(options.entities.map((entity) => [entity.collection, entity]));
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
      const wallTime = events.at(-1)?.wallTime as Date | undefined;
      yield {
        changes,
        position: JSON.stringify(token),
        ...(wallTime ? { changedAt: wallTime.getTime() } : {}),
      };
    }
  }

  async *snapshot(entity: EntityDefinition, afterId: string | null): AsyncGenerator<readonly MongoImage[]> {
    for await (const { images } of documentPages(this.options.db, entity, {
      afterId,
      limit: SNAPSHOT_CHUNK,
    })) {
      yield images;
    }
  }

  /** About how many documents {@link snapshot} will go through. */
  estimate(entity: EntityDefinition, afterId: string | null): Promise<number> {
    const collection = this.options.db.collection(entity.collection);
    return withMongoErrors(() =>
      afterId === null ? collection.estimatedDocumentCount() : collection.countDocuments(idsAfter(afterId)),
    );
  }

  private changeOf(event: Document): MongoChange | null {
    const operation = String(event.operationType);
    const collection = String((event.ns as Document | undefined)?.coll ?? '');
    const entity = this.byCollection.get(collection);
    if (!entity) {
      if (LOSSES.has(operation)) this.options.onCollectionLost?.('(all)', operation);
      return null;
    }
    switch (operation) {
      case 'insert':
      case 'update':
      case 'replace':
        return written(entity, event);
      case 'delete':
        return erased(entity, event);
      default:
        if (LOSSES.has(operation)) this.options.onCollectionLost?.(collection, operation);
        return null;
    }
  }

  private streamOptions(): RawChangeStreamOptions {
    const { client, db, preImages } = this.options;
    return { client, db, preImages: preImages(), collections: [...this.byCollection.keys()] };
  }
}

const SNAPSHOT_CHUNK = 500;
const LOSSES: ReadonlySet<string> = new Set(['drop', 'rename', 'dropDatabase', 'invalidate']);

function written(entity: EntityDefinition, event: Document): MongoChange | null {
  const before = event.fullDocumentBeforeChange as Document | null | undefined;
  const document = event.fullDocument as Document | null | undefined;
  if (!document) return vanished(entity, event, before);
  const image = imageOf(entity, document);
  if (!image) return null;
  const previousKey: unknown = before?.[entity.keyField];
  return {
    kind: 'written',
    entity,
    image,
    ...(typeof previousKey === 'string' && before?.deleted !== true ? { previousKey } : {}),
  };
}

/**
 * The document was gone when it was looked up. Its delete is further down the stream – but that names the last key
 * only, and this change may have been the one that took another key away.
 */
function vanished(
  entity: EntityDefinition,
  event: Document,
  before: Document | null | undefined,
): MongoChange | null {
  return before && before.deleted !== true ? erased(entity, event) : null;
}

function erased(entity: EntityDefinition, event: Document): MongoChange {
  const before = event.fullDocumentBeforeChange as Document | null | undefined;
  const id = String((event.documentKey as Document)._id);
  return { kind: 'erased', entity, id, last: before ? imageOf(entity, before) : null };
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
