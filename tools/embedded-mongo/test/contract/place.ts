import { randomUUID } from 'node:crypto';
import { MongoClient, type Collection, type Db, type Document } from 'mongodb';
import type { RunningTarget, Target } from './targets.js';

/** A database of its own on the server under test, dropped when the tests are through. */
export class Place {
  private running: RunningTarget | undefined;
  private connected: MongoClient | undefined;
  private readonly databaseName = `contract-${randomUUID().slice(0, 8)}`;
  private collections = 0;

  constructor(private readonly target: Target) {}

  get client(): MongoClient {
    if (!this.connected) throw new Error('not open');
    return this.connected;
  }

  get db(): Db {
    return this.client.db(this.databaseName);
  }

  async open(): Promise<void> {
    this.running = await this.target.start();
    this.connected = await new MongoClient(this.running.uri, { heartbeatFrequencyMS: 500 }).connect();
  }

  async close(): Promise<void> {
    await this.connected?.db(this.databaseName).dropDatabase();
    await this.connected?.close();
    await this.running?.stop();
  }

  /** A new collection that exists, with these documents. */
  async collection<T extends Document>(...documents: T[]): Promise<Collection<T>> {
    const collection = await this.db.createCollection<T>(`c${++this.collections}`);
    if (documents.length > 0) await collection.insertMany(documents as never);
    return collection;
  }
}
