import {
  HistoryLostError,
  type ChangeBatch,
  type ChangeFeed,
  type EntityDefinition,
  type MongoChange,
  type PreviousRecord,
  type SnapshotPage,
} from '@redis-mongo-sync/sync-core';
import type { Link } from '../engine/link.js';
import { imageOf, imageOfTombstone, isRecord, type Doc, type Tombstone } from './doc.js';
import type { OplogEntry, SimMongo } from './sim-mongo.js';

/** How many changes a batch of the feed, or a page of a snapshot, holds at most. */
const FEED_BATCH = 3;
const SNAPSHOT_PAGE = 2;

/** As a change stream with `updateLookup` and pre-images shows documents and tombstones. */
export class SimFeed implements ChangeFeed {
  private readonly entity: EntityDefinition;

  constructor(
    private readonly mongo: SimMongo,
    private readonly link: Link,
    private readonly onLap: () => void = () => undefined,
  ) {
    this.entity = mongo.entity;
  }

  head(): Promise<string> {
    return this.link.call('head', () => String(this.mongo.oplog.length));
  }

  async *read(position: string, signal: AbortSignal): AsyncGenerator<ChangeBatch> {
    for (let from = Number(position); !signal.aborted;) {
      this.onLap();
      const batch = await this.link.call('read', () => this.batchAfter(from));
      yield batch;
      from = Number(batch.position);
    }
  }

  async *snapshot(_entity: EntityDefinition, afterId: string | null): AsyncGenerator<SnapshotPage> {
    let after = afterId;
    for (;;) {
      const page = await this.link.call('snapshot', () => this.pageAfter(after));
      if (!page) return;
      yield page;
      after = page.afterId;
    }
  }

  private batchAfter(from: number): ChangeBatch {
    if (from < this.mongo.oplogStart) throw new HistoryLostError('the oplog begins later');
    const taken = this.mongo.oplog.slice(from, from + FEED_BATCH);
    const changes = taken.flatMap((entry) => this.changesOf(entry));
    return { changes, position: String(from + taken.length) };
  }

  private changesOf(entry: OplogEntry): readonly MongoChange[] {
    const change = this.changeOf(entry);
    if (change?.kind !== 'written' || !change.previous || entry.kind !== 'written')
      return change ? [change] : [];
    if (this.mongo.world.mutation !== 'moved-without-floor') return [change];
    const { previous: _moved, ...asIfNew } = change;
    return [this.erased(entry.id, entry.before), asIfNew];
  }

  private changeOf(entry: OplogEntry): MongoChange | null {
    const { entity } = this;
    switch (entry.kind) {
      case 'buried':
        return this.asWritten(this.mongo.tombstones.get(entry.tombstone.key) ?? entry.tombstone);
      case 'unburied':
        return { kind: 'erased', entity, id: null, last: imageOfTombstone(entry.tombstone) };
      case 'erased':
        return this.erased(entry.id, entry.before);
      case 'written': {
        const doc = this.mongo.docs.get(entry.id);
        return doc ? this.changed(doc, entry.before) : this.vanished(entry.id, entry.before);
      }
    }
  }

  private changed(doc: Doc, before: Doc | null): MongoChange {
    const { entity, mongo } = this;
    const moved = before && before.key !== doc.key && mongo.world.mutation !== 'previous-key-not-buried';
    const previous = moved ? previousOf(before) : {};
    if (isRecord(doc)) return { kind: 'written', entity, image: imageOf(entity, doc), ...previous };
    const gone = mongo.world.mutation === 'unsyncable-not-buried' ? {} : previous;
    return { kind: 'unsyncable', entity, id: doc.id, reason: doc.reason ?? 'unreadable', ...gone };
  }

  private erased(id: string, before: Doc | null): MongoChange {
    const { entity } = this;
    return {
      kind: 'erased',
      entity,
      id,
      last: isRecord(before ?? undefined) ? imageOf(entity, before as never) : null,
    };
  }

  /** The document was gone when it was looked up: perhaps with a key that its delete does not name. */
  private vanished(id: string, before: Doc | null): MongoChange | null {
    if (this.mongo.world.mutation === 'vanished-document-ignored' || before?.key == null) return null;
    return this.erased(id, before);
  }

  private asWritten(tombstone: Tombstone): MongoChange {
    return { kind: 'written', entity: this.entity, image: imageOfTombstone(tombstone) };
  }

  /** Tombstones first. */
  private pageAfter(after: string | null): SnapshotPage | null {
    const all: [string, () => SnapshotPage['changes'][number]][] = [
      ...[...this.mongo.tombstones.values()].map((stone): [string, () => never] => [
        `1 ${stone.key}`,
        () => this.asWritten(stone) as never,
      ]),
      ...[...this.mongo.docs.values()].map((doc): [string, () => never] => [
        `2 ${doc.id}`,
        () => this.changed(doc, null) as never,
      ]),
    ];
    const page = all
      .filter(([id]) => after === null || id > after)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, SNAPSHOT_PAGE);
    const last = page.at(-1);
    return last ? { changes: page.map(([, change]) => change()), afterId: last[0] } : null;
  }
}

function previousOf({ key, version }: Doc): { previous?: PreviousRecord } {
  return key === null ? {} : { previous: { key, version } };
}
