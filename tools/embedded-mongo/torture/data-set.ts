import type { Collection, Db, MongoClient, MongoClientOptions } from 'mongodb';

/** `value` counts the updates of an item; for an account it is the balance. */
export interface Item {
  _id: string;
  value: number;
}

export const ACCOUNTS = 4;
export const BALANCE = 1_000;
/** The last document written: watchers stop when they see it. */
export const END = 'end';

export const database = (client: MongoClient): Db => client.db('torture');

export function collections(client: MongoClient): { items: Collection<Item>; accounts: Collection<Item> } {
  const db = database(client);
  return { items: db.collection<Item>('items'), accounts: db.collection<Item>('accounts') };
}

/** Clients that notice soon that the server is back. */
export const CLIENT_OPTIONS: MongoClientOptions = {
  heartbeatFrequencyMS: 200,
  minHeartbeatFrequencyMS: 50,
  serverSelectionTimeoutMS: 20_000,
};
