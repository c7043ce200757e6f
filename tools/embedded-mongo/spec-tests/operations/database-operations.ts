import type { Db, Document, RunCommandOptions } from 'mongodb';
import { openChangeStream, openCursor } from '../driver-internals.js';
import type { AnyCursor } from '../entities.js';
import type { Fields } from '../fields.js';

type DatabaseOperation = (database: Db, args: Fields) => Promise<unknown>;

export const DATABASE_OPERATIONS: Record<string, DatabaseOperation> = {
  runCommand: (database, { command, commandName: _, ...options }) =>
    database.command(command as Document, options),
  runCursorCommand: (database, args) => commandCursor(database, args).toArray(),
  createCommandCursor: async (database, args): Promise<AnyCursor> => {
    const cursor = commandCursor(database, args);
    await openCursor(cursor);
    return cursor;
  },
  aggregate: (database, { pipeline, ...options }) =>
    database.aggregate(pipeline as Document[], options).toArray(),
  createChangeStream: async (database, { pipeline, ...options }): Promise<AnyCursor> => {
    const stream = database.watch(pipeline as Document[], options);
    await openChangeStream(stream);
    return stream;
  },
  createCollection: (database, { collection, ...options }) =>
    database.createCollection(String(collection), options),
  dropCollection: (database, { collection, ...options }) =>
    database.dropCollection(String(collection), options),
  modifyCollection: (database, { collection, session, ...changes }) =>
    database.command({ collMod: collection, ...changes }, { session } as RunCommandOptions),
  listCollections: (database, { filter, ...options }) =>
    database.listCollections(filter ?? {}, options).toArray(),
  listCollectionNames: (database, { filter, ...options }) =>
    database.listCollections(filter ?? {}, { ...options, nameOnly: true }).toArray(),
};

function commandCursor(database: Db, { command, commandName: _, ...args }: Fields) {
  const { batchSize, comment, maxTimeMS, ...options } = args;
  const cursor = database.runCursorCommand(command as Document, options);
  if (batchSize !== undefined) cursor.setBatchSize(Number(batchSize));
  if (comment !== undefined) cursor.setComment(comment);
  if (maxTimeMS !== undefined) cursor.setMaxTimeMS(Number(maxTimeMS));
  return cursor;
}
