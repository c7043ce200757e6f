import { MongoRecordTarget, prepareCollections } from '@redis-mongo-sync/sync-adapters';
import { changeEvent, nextVersion, payloadOf, USERS, type ChangeDelivery } from '@redis-mongo-sync/sync-core';
import { MongoClient } from 'mongodb';
import { keyOf, profileOf } from '../records.js';
import { answerWith } from '../rig/worker.js';

export interface UpsertsTask {
  readonly uri: string;
  readonly database: string;
  readonly records: number;
  /** Upserts per bulk: what the sync-service takes at a time. */
  readonly batchSize: number;
  /** Bulks under way at a time. */
  readonly concurrency: number;
}

export interface UpsertsAnswer {
  readonly seconds: number;
}

/** What MongoDB alone does: the same bulks of conditional upserts, on an empty collection, with no stream around. */
await answerWith<UpsertsTask, UpsertsAnswer>(async ({ uri, database, records, batchSize, concurrency }) => {
  const client = await MongoClient.connect(uri);
  const db = client.db(database);
  await prepareCollections(db, [USERS]);
  const settler = { settle: () => Promise.resolve() };
  const target = new MongoRecordTarget({ client, db, settler });
  let next = 0;
  const writer = async () => {
    while (next < records) {
      const from = next;
      next += batchSize;
      const size = Math.min(batchSize, records - from);
      await target.apply(
        USERS,
        Array.from({ length: size }, (_, offset) => deliveryOf(from + offset)),
      );
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, writer));
  const seconds = (performance.now() - startedAt) / 1000;
  await client.close();
  return { seconds };
});

function deliveryOf(index: number): ChangeDelivery {
  const key = keyOf(index);
  const version = nextVersion(Date.now(), 0);
  const payload = payloadOf({ ...profileOf(index), email: key });
  return {
    entryId: `${index}-0`,
    event: changeEvent('redis', { entity: USERS.name, key, source: 'redis', version, payload }),
  };
}
