import {
  eventFromImage,
  stampAbove,
  type CaptureJournal,
  type ChangeEvent,
  type ChangeFeed,
  type EntityDefinition,
  type MongoAuthority,
  type SnapshotPage,
  type Stampable,
} from '@redis-mongo-sync/sync-core';
import type { Db } from 'mongodb';
import { whyUnsyncable } from '../unsyncable/why-unsyncable.js';
import type { BackfillSource, BackfillStep, LeftAlone } from './backfill.js';
import type { BackfillPosition } from './progress-store.js';

interface FromMongoOptions {
  readonly db: Db;
  readonly feed: Pick<ChangeFeed, 'snapshot'>;
  readonly journal: CaptureJournal;
  readonly authority: MongoAuthority;
  readonly dryRun: boolean;
}

/**
 * Publishes every document and tombstone again. What has no version is stamped, and travels as the change that the
 * stamp is. Applying is by version, so publishing too much is harmless.
 */
export class FromMongo implements BackfillSource {
  constructor(private readonly options: FromMongoOptions) {}

  epoch(): Promise<string> {
    return Promise.resolve(this.options.db.databaseName);
  }

  async *steps(entity: EntityDefinition, from: BackfillPosition | null): AsyncGenerator<BackfillStep> {
    const { db, feed, journal, authority, dryRun } = this.options;
    const total = await db.collection(entity.collection).estimatedDocumentCount();
    const epoch = await this.epoch();
    let done = from?.done ?? 0;
    for await (const page of feed.snapshot(entity, from?.cursor ?? null)) {
      const { events, unstamped, leftAlone } = sorted(entity, page);
      if (!dryRun) {
        await stampAbove(unstamped, { journal, authority });
        if (events.length > 0) await journal.reEmit(events);
      }
      const records = page.changes.length;
      done += records;
      yield {
        position: { cursor: page.afterId, done, epoch },
        records,
        counts: { published: events.length, stamped: unstamped.length },
        leftAlone,
        fraction: total === 0 ? null : Math.min(1, done / total),
      };
    }
  }
}

interface SortedPage {
  readonly events: readonly ChangeEvent[];
  readonly unstamped: readonly Stampable[];
  readonly leftAlone: readonly LeftAlone[];
}

function sorted(entity: EntityDefinition, { changes }: SnapshotPage): SortedPage {
  const events: ChangeEvent[] = [];
  const unstamped: Stampable[] = [];
  const leftAlone: LeftAlone[] = [];
  for (const change of changes) {
    if (change.kind === 'unsyncable') {
      leftAlone.push({ name: `_id ${change.id}`, reason: whyUnsyncable(entity, change.reason) });
      continue;
    }
    const { id, key, version } = change.image;
    if (version !== null) events.push(eventFromImage(entity, change.image, version));
    else if (id !== null) unstamped.push({ entity, id, key, seen: null });
  }
  return { events, unstamped, leftAlone };
}
