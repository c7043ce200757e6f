import type { Document } from 'mongodb';
import { openChangeStream } from '../driver-internals.js';
import type { AnyCursor } from '../entities.js';
import type { Fields } from '../fields.js';
import type { ObservedClient } from '../observed-client.js';

type ClientOperation = (observed: ObservedClient, args: Fields) => Promise<unknown>;

export const CLIENT_OPERATIONS: Record<string, ClientOperation> = {
  listDatabases: ({ client }, options) => client.db().admin().listDatabases(options),
  listDatabaseNames: ({ client }, options) =>
    client
      .db()
      .admin()
      .listDatabases({ ...options, nameOnly: true }),
  createChangeStream: async ({ client }, { pipeline, ...options }): Promise<AnyCursor> => {
    const stream = client.watch(pipeline as Document[], options);
    await openChangeStream(stream);
    return stream;
  },
  close: ({ client }) => client.close(),
};
