import type {
  AnyBulkWriteOperation,
  Collection,
  Document,
  Filter,
  FindOneAndReplaceOptions,
  FindOneAndUpdateOptions,
  IndexSpecification,
  UpdateFilter,
  WithoutId,
} from 'mongodb';
import { openChangeStream, openCursor } from '../driver-internals.js';
import type { Fields } from '../fields.js';
import type { AnyCursor } from '../entities.js';

type CollectionOperation = (collection: Collection, args: Fields) => Promise<unknown>;

const filterOf = ({ filter }: Fields) => filter as Filter<Document>;
const updateOf = ({ update }: Fields) => update as UpdateFilter<Document>;
const replacementOf = ({ replacement }: Fields) => replacement as WithoutId<Document>;

/** `After` and `Before` of the test files in the driver's spelling. */
function modifyOptions({ filter: _, returnDocument, ...options }: Fields): FindOneAndUpdateOptions {
  if (returnDocument === undefined) return options;
  return { ...options, returnDocument: returnDocument === 'After' ? 'after' : 'before' };
}

const READS: Record<string, CollectionOperation> = {
  find: (collection, { filter, ...options }) =>
    collection.find(filter as Filter<Document>, options).toArray(),
  findOne: (collection, { filter, ...options }) => collection.findOne(filter as Filter<Document>, options),
  aggregate: (collection, { pipeline, ...options }) =>
    collection.aggregate(pipeline as Document[], options).toArray(),
  countDocuments: (collection, { filter, ...options }) =>
    collection.countDocuments(filter as Filter<Document>, options),

  count: (collection, { filter, ...options }) => collection.count(filter as Filter<Document>, options),
  estimatedDocumentCount: (collection, options) => collection.estimatedDocumentCount(options),
  distinct: (collection, { fieldName, filter, ...options }) =>
    collection.distinct(String(fieldName), filter as Filter<Document>, options),
  listIndexes: (collection, options) => collection.listIndexes(options).toArray(),
  listIndexNames: async (collection, options) => {
    const indexes = await collection.listIndexes(options).toArray();
    return indexes.map(({ name }) => name as unknown);
  },
  createFindCursor: async (collection, { filter, ...options }): Promise<AnyCursor> => {
    const cursor = collection.find(filter as Filter<Document>, options);
    await openCursor(cursor);
    return cursor;
  },
  createChangeStream: async (collection, { pipeline, ...options }): Promise<AnyCursor> => {
    const stream = collection.watch(pipeline as Document[], options);
    await openChangeStream(stream);
    return stream;
  },
};

const WRITES: Record<string, CollectionOperation> = {
  insertOne: (collection, { document, ...options }) => collection.insertOne(document as Document, options),
  insertMany: (collection, { documents, ...options }) =>
    collection.insertMany(documents as Document[], options),
  updateOne: (collection, args) => {
    const { filter: _filter, update: _update, ...options } = args;
    return collection.updateOne(filterOf(args), updateOf(args), options);
  },
  updateMany: (collection, args) => {
    const { filter: _filter, update: _update, ...options } = args;
    return collection.updateMany(filterOf(args), updateOf(args), options);
  },
  replaceOne: (collection, args) => {
    const { filter: _filter, replacement: _replacement, ...options } = args;
    return collection.replaceOne(filterOf(args), replacementOf(args), options);
  },
  deleteOne: (collection, { filter, ...options }) =>
    collection.deleteOne(filter as Filter<Document>, options),
  deleteMany: (collection, { filter, ...options }) =>
    collection.deleteMany(filter as Filter<Document>, options),
  findOneAndUpdate: (collection, { update, ...args }) =>
    collection.findOneAndUpdate(filterOf(args), update as UpdateFilter<Document>, modifyOptions(args)),
  findOneAndReplace: (collection, { replacement, ...args }) => {
    const options = modifyOptions(args) as FindOneAndReplaceOptions;
    return collection.findOneAndReplace(filterOf(args), replacement as WithoutId<Document>, options);
  },
  findOneAndDelete: (collection, { filter, ...options }) =>
    collection.findOneAndDelete(filter as Filter<Document>, options),
  bulkWrite: (collection, { requests, ...options }) =>
    collection.bulkWrite(requests as AnyBulkWriteOperation[], options),
};

const ADMINISTRATION: Record<string, CollectionOperation> = {
  createIndex: (collection, { keys, ...options }) =>
    collection.createIndex(keys as IndexSpecification, options),
  dropIndex: (collection, { name, ...options }) => collection.dropIndex(String(name), options),
  dropIndexes: (collection, options) => collection.dropIndexes(options),
  rename: (collection, { to, ...options }) => collection.rename(String(to), options),
};

export const COLLECTION_OPERATIONS = { ...READS, ...WRITES, ...ADMINISTRATION };
