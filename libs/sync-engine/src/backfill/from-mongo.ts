import { documentPages } from '@redis-mongo-sync/sync-adapters';
import {
  eventFromImage,
  stampAbove,
  type CaptureJournal,
  type EntityDefinition,
  type MongoAuthority,
} from '@redis-mongo-sync/sync-core';
import type { Db } from 'mongodb';
import type { BackfillSource, BackfillStep } from './backfill.js';
import type { BackfillPosition } from './progress-store.js';

interface FromMongoOptions {
  readonly db: Db;
  readonly journal: CaptureJournal;
  readonly authority: MongoAuthority;
  readonly dryRun: boolean;
}

const PAGE = 500;

/**
 * Publishes every document again, by ascending id. What has no version is stamped, and travels as the change that the
 * stamp is. Applying is by version, so publishing too much is harmless.
 */
export class FromMongo implements BackfillSource {
  constructor(private readonly options: FromMongoOptions) {}

  epoch(): Promise<string> {
    return Promise.resolve(this.options.db.databaseName);
  }

  async *steps(entity: EntityDefinition, from: BackfillPosition | null): AsyncGenerator<BackfillStep> {
    const { db, journal, authority, dryRun } = this.options;
    const total = await db.collection(entity.collection).estimatedDocumentCount();
    const epoch = await this.epoch();
    let done = from?.done ?? 0;
    for await (const page of documentPages(db, entity, { afterId: from?.cursor ?? null, limit: PAGE })) {
      const unstamped = page.images.filter(({ version }) => version === null);
      const events = page.images.flatMap((image) =>
        image.version === null ? [] : [eventFromImage(entity, image, image.version)],
      );
      if (!dryRun) {
        await stampAbove(
          unstamped.map(({ id, key }) => ({ entity, id, key, seen: null })),
          { journal, authority },
        );
        if (events.length > 0) await journal.reEmit(events);
      }
      const records = page.images.length + page.unusable.length;
      done += records;
      yield {
        position: { cursor: page.lastId, done, epoch },
        records,
        counts: { published: events.length, stamped: unstamped.length },
        leftAlone: page.unusable.map((id) => ({ name: `_id ${id}`, reason: `no usable ${entity.keyField}` })),
        fraction: total === 0 ? null : Math.min(1, done / total),
      };
    }
  }
}
