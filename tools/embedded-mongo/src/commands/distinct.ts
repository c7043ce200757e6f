import { commandError } from '../errors.js';
import { walkPath } from '../query/index.js';
import { isDocument, keyString } from '../values/index.js';
import { findCollection, reply, type CommandDefinition } from './context.js';
import { evaluation } from './evaluation.js';
import { findHinted } from './find-hinted.js';
import { snapshotTime } from './read-concern.js';

export const distinct: CommandDefinition = {
  fields: ['key', 'query', 'collation', 'hint'],
  allowedInTransaction: true,
  snapshotReads: true,
  run(ctx) {
    const { key, query = {}, hint } = ctx.command;
    if (typeof key !== 'string') throw commandError(14, "BSON field 'distinct.key' must be a string");
    // Drivers send null for no filter.
    const filter = query === null ? {} : query;
    if (!isDocument(filter)) throw commandError(14, 'Expected field query to be of type object');
    const collection = findCollection(ctx);
    const context = evaluation(ctx, collection, ctx.command);
    const values = new Map<string, unknown>();
    for (const { doc } of findHinted(ctx, collection, { filter, hint }, context)) {
      walkPath(doc, key, (found) => {
        for (const value of Array.isArray(found) ? (found as unknown[]) : [found]) {
          if (value === undefined) continue;
          const id = keyString(value, context.collation);
          if (!values.has(id)) values.set(id, value);
        }
      });
    }
    return reply({ values: [...values.values()], ...snapshotTime(ctx) });
  },
};
