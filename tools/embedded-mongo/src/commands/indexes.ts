import { commandError } from '../errors.js';
import type { Collection } from '../store/collection.js';
import { duplicateKey } from '../store/duplicate-key.js';
import { ID_INDEX, type IndexSpec } from '../store/index-spec.js';
import { OrderedIndex } from '../store/ordered-index.js';
import { isDocument, show, valuesEqual, type Document } from '../values/index.js';
import { findCollection, reply, type CommandContext, type CommandDefinition } from './context.js';
import { cursorBatchSize, firstBatch } from './cursor-reply.js';
import { ensureCollection } from './documents.js';
import { existsAlready, parseIndex } from './index-request.js';

export const createIndexes: CommandDefinition = {
  fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'],
  defines: true,
  allowedInTransaction: true,
  run(ctx) {
    const { indexes } = ctx.command;
    if (!Array.isArray(indexes) || indexes.length === 0) {
      throw commandError(2, 'Must specify at least one index to create');
    }
    const existed = findCollection(ctx) !== undefined;
    const collection = ensureCollection(ctx);
    const before = collection.indexes.size;
    const added = newIndexes(collection, indexes as Document[]);
    for (const spec of added) assertBuildable(ctx, collection, spec);
    if (added.length > 0) {
      ctx.workspace.define({ op: 'createIndexes', at: collection.at, uuid: collection.uuid, indexes: added });
    }
    return reply({
      numIndexesBefore: before,
      numIndexesAfter: before + added.length,
      createdCollectionAutomatically: !existed,
      commitQuorum: 'votingMembers',
      ...(added.length === 0 && { note: 'all indexes already exist' }),
    });
  },
};

function newIndexes(collection: Collection, requested: readonly Document[]): IndexSpec[] {
  const added: IndexSpec[] = [];
  for (const raw of requested) {
    const spec = parseIndex(raw, collection);
    if (existsAlready(collection, spec) || added.some((other) => valuesEqual(other, spec))) continue;
    if (added.some((other) => other.name === spec.name)) {
      throw commandError(86, `two of the requested indexes have the name ${spec.name}`);
    }
    added.push(spec);
  }
  return added;
}

/** Every document must fit: no parallel arrays, and no key twice in a unique index. */
function assertBuildable(ctx: CommandContext, collection: Collection, spec: IndexSpec): void {
  const trial = new OrderedIndex(spec);
  trial.build(ctx.workspace.scan(collection));
  const duplicate = spec.unique && trial.firstDuplicate();
  if (duplicate) throw duplicateKey(collection, trial, duplicate);
}

export const dropIndexes: CommandDefinition = {
  fields: ['index'],
  defines: true,
  run(ctx) {
    const collection = existingCollection(ctx);
    const before = collection.indexes.size;
    const indexes = indexesNamed(collection, ctx.command.index);
    if (indexes.length > 0) {
      ctx.workspace.define({ op: 'dropIndexes', at: collection.at, uuid: collection.uuid, indexes });
    }
    return reply({ nIndexesWas: before });
  },
};

function indexesNamed(collection: Collection, asked: unknown): IndexSpec[] {
  const specs = [...collection.indexes.values()].map((index) => index.spec);
  if (asked === '*') return specs.filter((spec) => spec.name !== ID_INDEX.name);
  return (Array.isArray(asked) ? (asked as unknown[]) : [asked]).map((wanted) => {
    const spec = specs.find(
      ({ name, key }) => name === wanted || (isDocument(wanted) && valuesEqual(key, wanted)),
    );
    if (!spec)
      throw commandError(
        27,
        `index not found with name [${typeof wanted === 'string' ? wanted : show(wanted)}]`,
      );
    if (spec.name === ID_INDEX.name) throw commandError(72, 'cannot drop _id index');
    return spec;
  });
}

export const listIndexes: CommandDefinition = {
  fields: ['cursor'],
  run(ctx) {
    const collection = existingCollection(ctx);
    const docs = [...collection.indexes.values()].map(({ spec }) => ({ ...spec }));
    return firstBatch(ctx, { ns: collection.ns, docs, batchSize: cursorBatchSize(ctx.command) });
  },
};

export function existingCollection(ctx: CommandContext): Collection {
  const collection = findCollection(ctx);
  if (!collection) throw commandError(26, `ns does not exist: ${ctx.db}.${String(ctx.command[ctx.name])}`);
  return collection;
}
