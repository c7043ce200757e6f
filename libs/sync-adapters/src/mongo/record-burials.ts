import type { ApplyAttempt, EntityDefinition, RecordResult } from '@redis-mongo-sync/sync-core';
import type { ClientSession, Collection, Document, MongoClient } from 'mongodb';
import { idFromText, idText } from './document-ids.js';
import { stampOf } from './document-stamp.js';
import { keyOf, type DocumentImage } from './documents.js';
import { LostRaceError, transactOnce } from './lost-races.js';
import { EXACT_VALUES } from './read-documents.js';
import { lookAt, type Standing } from './standing.js';
import type { Tombstone, Tombstones } from './tombstones.js';
import { ownedIn } from './update-pipelines.js';

interface BurialScope {
  readonly entity: EntityDefinition;
  readonly collection: Collection;
  readonly client: MongoClient;
  readonly tombstones: Tombstones;
}

/** A delete, and what it was compared with. */
interface Burial {
  readonly attempt: ApplyAttempt;
  readonly at: Standing;
}

type Removal = Burial & { readonly at: { readonly document: DocumentImage } };

/**
 * Deletes that come from Redis. A document is removed and its tombstone put in one transaction, so that nobody sees the
 * one without the other and what Mongo owns of the document goes with it. Where there is no document, the tombstone is
 * put, and then it is looked whether a document has appeared below it.
 */
export class RecordBurials {
  constructor(private readonly scope: BurialScope) {}

  /** Notes the results; returns the attempts that somebody else was faster than. */
  async bury(
    burials: readonly Burial[],
    results: Map<ApplyAttempt, RecordResult>,
  ): Promise<readonly ApplyAttempt[]> {
    const removed = await this.removeAll(
      burials.filter((burial): burial is Removal => burial.at.document !== null),
    );
    const marked = await this.mark(burials.filter(({ at }) => at.document === null));
    for (const attempt of [...removed, ...marked]) results.set(attempt, { decision: 'apply' });
    const done = new Set([...removed, ...marked]);
    return burials.flatMap(({ attempt }) => (done.has(attempt) ? [] : [attempt]));
  }

  /** In one transaction if nobody interferes; else one by one. */
  private async removeAll(removals: readonly Removal[]): Promise<readonly ApplyAttempt[]> {
    if (removals.length === 0) return [];
    const all = await this.transact(removals);
    if (all !== null || removals.length === 1) return all ?? [];
    const removed: ApplyAttempt[] = [];
    for (const removal of removals) removed.push(...((await this.transact([removal])) ?? []));
    return removed;
  }

  /** `null`: another writer was at one of the documents. */
  private async transact(removals: readonly Removal[]): Promise<readonly ApplyAttempt[] | null> {
    try {
      return await transactOnce(this.scope.client, (session) => this.remove(removals, session));
    } catch (error) {
      if (error instanceof LostRaceError) return null;
      throw error;
    }
  }

  private async remove(
    removals: readonly Removal[],
    session: ClientSession,
  ): Promise<readonly ApplyAttempt[]> {
    const { entity, collection, tombstones } = this.scope;
    const ids = removals.map(({ at }) => idFromText(at.document.id)) as Document['_id'][];
    const documents = await collection.find({ _id: { $in: ids } }, { session, ...EXACT_VALUES }).toArray();
    const byId = new Map(documents.map((document) => [idText(document._id), document]));
    const present = removals.flatMap(({ attempt, at }) => {
      const document = byId.get(at.document.id);
      return document && isSame(entity, document, at.document) ? [{ attempt, document }] : [];
    });
    if (present.length === 0) return [];
    await collection.deleteMany({ _id: { $in: present.map(({ document }) => document._id) } }, { session });
    const stones = present.map(({ attempt, document }) => stoneOf(attempt, ownedIn(entity, document)));
    await tombstones.putStamped(entity, stones, { session });
    return present.map(({ attempt }) => attempt);
  }

  private async mark(burials: readonly Burial[]): Promise<readonly ApplyAttempt[]> {
    if (burials.length === 0) return [];
    const { entity, tombstones } = this.scope;
    const stones = burials.map(({ attempt, at }) => stoneOf(attempt, at.tombstone?.owned ?? {}));
    await tombstones.putStamped(entity, stones);
    const keys = burials.map(({ attempt }) => attempt.event.key);
    const standing = await lookAt(this.scope, keys);
    return burials.flatMap(({ attempt }) => (standing.get(attempt.event.key)?.document ? [] : [attempt]));
  }
}

function isSame(entity: EntityDefinition, document: Document, seen: DocumentImage): boolean {
  const found = keyOf(entity, document);
  const { version, source } = stampOf(document);
  return 'key' in found && found.key === seen.key && version === seen.version && source === seen.source;
}

function stoneOf({ event }: ApplyAttempt, owned: Document): Tombstone & { readonly key: string } {
  const { key, version, source } = event;
  return { key, version, source, owned };
}
