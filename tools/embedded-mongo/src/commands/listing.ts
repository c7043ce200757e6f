import { commandError } from '../errors.js';
import { compileFilter } from '../query/index.js';
import { isDocument, type Document } from '../values/index.js';
import { reply, type CommandContext, type CommandDefinition } from './context.js';
import { assertAdmin } from './collections.js';
import { cursorBatchSize, firstBatch } from './cursor-reply.js';
import { SYSTEM_DATABASES } from './namespace.js';

const BYTES_PER_COLLECTION = 4_096n;

export const listCollections: CommandDefinition = {
  fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  run(ctx) {
    const all = ctx.node.store.data.catalog.collectionsOf(ctx.db).map(({ at, uuid, options }) => ({
      name: at.name,
      type: 'collection',
      options: { ...options },
      info: { readOnly: false, uuid },
      idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
    }));
    const shown = filtered(ctx, all);
    const docs = ctx.command.nameOnly === true ? shown.map(({ name, type }) => ({ name, type })) : shown;
    return firstBatch(ctx, {
      ns: `${ctx.db}.$cmd.listCollections`,
      docs,
      batchSize: cursorBatchSize(ctx.command),
    });
  },
};

export const listDatabases: CommandDefinition = {
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  run(ctx) {
    assertAdmin(ctx);
    const { catalog } = ctx.node.store.data;
    const names = new Set([...catalog.databaseNames(), ...SYSTEM_DATABASES]);
    const all = [...names].sort().map((name) => {
      const collections = BigInt(catalog.collectionsOf(name).length);
      return { name, sizeOnDisk: (collections || 1n) * BYTES_PER_COLLECTION, empty: false };
    });
    const shown = filtered(ctx, all);
    if (ctx.command.nameOnly === true) return reply({ databases: shown.map(({ name }) => ({ name })) });
    const totalSize = shown.reduce((sum, { sizeOnDisk }) => sum + (sizeOnDisk as bigint), 0n);
    return reply({ databases: shown, totalSize, totalSizeMb: totalSize / 1_048_576n });
  },
};

function filtered(ctx: CommandContext, docs: Document[]): Document[] {
  const { filter } = ctx.command;
  if (filter === undefined || filter === null) return docs;
  if (!isDocument(filter)) throw commandError(14, `BSON field '${ctx.name}.filter' must be an object`);
  return docs.filter((doc) => compileFilter(filter, { now: ctx.now })(doc));
}
