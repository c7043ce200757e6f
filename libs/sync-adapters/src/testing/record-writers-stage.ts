import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import { USERS } from '@redis-mongo-sync/sync-core';
import { BSON, MongoClient, type Collection, type Document, type OptionalId } from 'mongodb';
import { MongoRecordStore } from '../mongo/mongo-record-store.js';
import { MongoRecordsById, type Alongside } from '../mongo/mongo-records-by-id.js';
import { prepareCollections } from '../mongo/prepare-collections.js';

/** One collection of users with both ways to address its records. */
export interface RecordWritersStage {
  readonly client: MongoClient;
  readonly users: Collection;
  /** What `announce` wrote alongside the writes by id, in their transactions. */
  readonly announced: Collection;
  readonly announce: Alongside;
  readonly byKey: MongoRecordStore;
  readonly byId: MongoRecordsById;
  /** Puts a document there as an outsider would; returns its id. */
  put(document: OptionalId<Document>): Promise<string>;
  /** Every type and value of the document with this key as text; `null`: there is none. */
  raw(key: string): Promise<string | null>;
  close(): Promise<void>;
}

export async function recordWritersStage(): Promise<RecordWritersStage> {
  const server = await startPrivateMongo();
  const client = await MongoClient.connect(server.uri);
  const db = client.db(server.database);
  await prepareCollections(db, [USERS]);
  const users = db.collection(USERS.collection);
  const announced = await db.createCollection('announced');
  return {
    client,
    users,
    announced,
    byKey: new MongoRecordStore({ client, db, entity: USERS }),
    byId: new MongoRecordsById({ client, db, entity: USERS }),
    announce: async (change, session) => {
      await announced.insertOne({ ...change, fields: null }, { session });
    },
    put: async (document) => String((await users.insertOne(document)).insertedId),
    raw: async (key) => {
      const document = await users.findOne({ email: key }, { promoteValues: false, bsonRegExp: true });
      return document && BSON.EJSON.stringify(document, { relaxed: false });
    },
    close: async () => {
      await client.close();
      await server.stop();
    },
  };
}
