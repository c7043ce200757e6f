import {
  isSource,
  type EntityDefinition,
  type MongoImage,
  type RecordState,
  type Source,
  type Stamp,
} from '@redis-mongo-sync/sync-core';
import type { ClientSession, Collection, Db, Document } from 'mongodb';
import { nextVersionAbove, versionIn } from './document-stamp.js';
import { isDuplicateKey } from './mongo-errors.js';
import { EXACT_VALUES } from './read-documents.js';

/** Of the tombstones of all entities. */
export const TOMBSTONES_COLLECTION = 'sync_tombstones';

/** The key in the collection of an entity's record. */
export interface TombstoneId {
  readonly entity: string;
  readonly key: string;
}

interface TombstoneDocument {
  readonly _id: TombstoneId;
  readonly version: number;
  readonly source: Source;
  /** Text of the `_id` that the document had, where there was one. */
  readonly id?: string;
  /** The Mongo-owned fields that the document had. */
  readonly owned?: Document;
  /** When it is purged. */
  readonly purgeAt: Date;
}

/** That a record was deleted, and when: kept apart from the documents, which are other applications' as well. */
export interface Tombstone extends Stamp {
  readonly owned: Document;
}

interface Scope {
  readonly session?: ClientSession;
}

/** The tombstones in `sync_tombstones`. */
export class Tombstones {
  private readonly collection: Collection<TombstoneDocument>;

  constructor(
    db: Db,
    private readonly ttlMs: number,
  ) {
    this.collection = db.collection(TOMBSTONES_COLLECTION, { writeConcern: { w: 'majority' } });
  }

  async get(entity: EntityDefinition, key: string, scope: Scope = {}): Promise<Tombstone | null> {
    return (await this.find(entity, [key], scope)).get(key) ?? null;
  }

  /** Those of these keys that there are. */
  async find(
    entity: EntityDefinition,
    keys: readonly string[],
    scope: Scope = {},
  ): Promise<ReadonlyMap<string, Tombstone>> {
    if (keys.length === 0) return new Map();
    const ids = keys.map((key) => idOf(entity, key));
    const found = await this.collection.find({ _id: { $in: ids } }, { ...scope, ...EXACT_VALUES }).toArray();
    return new Map(
      found.flatMap((document): [string, Tombstone][] => {
        const tombstone = tombstoneIn(document);
        return tombstone ? [[document._id.key, tombstone]] : [];
      }),
    );
  }

  /** That of the document with this text of its `_id`. */
  async ofDocument({ name }: EntityDefinition, id: string, scope: Scope = {}): Promise<Tombstone | null> {
    const found = await this.collection.findOne({ id, '_id.entity': name }, { ...scope, ...EXACT_VALUES });
    return found && tombstoneIn(found);
  }

  /** Puts one with a version of this moment, above `floor` and above the one that may be there. Returns its version. */
  async putNow(
    entity: EntityDefinition,
    key: string,
    { floor, owned = {}, id }: { readonly floor: number; readonly owned?: Document; readonly id?: string },
    scope: Scope = {},
  ): Promise<number> {
    const fields = {
      version: nextVersionAbove('version', floor),
      source: 'mongo',
      owned: { $literal: owned },
      ...(id === undefined ? {} : { id: { $literal: id } }),
      purgeAt: { $add: ['$$NOW', this.ttlMs] },
    };
    const put = await this.collection.findOneAndUpdate({ _id: idOf(entity, key) }, [{ $set: fields }], {
      ...scope,
      ...EXACT_VALUES,
      upsert: true,
      returnDocument: 'after',
    });
    return (put && versionIn(put.version)) ?? 0;
  }

  /** Puts these with the stamps that they have, where none is there that is as new. */
  async putStamped(
    entity: EntityDefinition,
    stones: readonly (Tombstone & { readonly key: string })[],
    scope: Scope = {},
  ): Promise<void> {
    if (stones.length === 0) return;
    const keys = stones.map(({ key }) => key);
    const there = await this.find(entity, keys, scope);
    const newer = stones.filter(({ key, version }) => (there.get(key)?.version ?? 0) < version);
    if (newer.length === 0) return;
    const purgeAt = new Date(Date.now() + this.ttlMs);
    const operations = newer.map(({ key, version, source, owned }) => ({
      updateOne: {
        filter: { _id: idOf(entity, key), version: { $not: { $gte: version } } },
        update: { $set: { version, source, owned, purgeAt } },
        upsert: true,
      },
    }));
    try {
      await this.collection.bulkWrite(operations, { ordered: false, ...scope });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error; // one that is as new has the place by now
    }
  }
}

function idOf({ name }: EntityDefinition, key: string): TombstoneId {
  return { entity: name, key };
}

/** `null`: an outsider made something else of it. */
function tombstoneIn({ version, source, owned }: TombstoneDocument): Tombstone | null {
  const number = versionIn(version);
  return number !== null && isSource(source) ? { version: number, source, owned: owned ?? {} } : null;
}

/** The record in a document of the collection; `null`: it is no tombstone of the entity. */
export function tombstoneImage(entity: EntityDefinition, document: Document): MongoImage | null {
  const { _id: id } = document as TombstoneDocument;
  const tombstone = tombstoneIn(document as TombstoneDocument);
  if (!tombstone || id.entity !== entity.name || typeof id.key !== 'string') return null;
  return imageOfTombstone(id.key, tombstone);
}

export function imageOfTombstone(key: string, { version, source }: Stamp): MongoImage {
  return { id: null, key, version, source, deleted: true, fields: {} };
}

export function stateOfTombstone(tombstone: Tombstone | null): RecordState {
  if (!tombstone) return { state: 'absent' };
  return { state: 'deleted', stamp: { version: tombstone.version, source: tombstone.source } };
}
