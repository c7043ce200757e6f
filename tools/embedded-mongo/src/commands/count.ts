import { commandError } from '../errors.js';
import { isDocument } from '../values/index.js';
import { findCollection, reply, type CommandDefinition } from './context.js';
import { evaluation } from './evaluation.js';
import { nonNegative, optionalNumber } from './fields.js';
import { findHinted } from './find-hinted.js';

export const count: CommandDefinition = {
  fields: ['query', 'limit', 'skip', 'hint', 'collation', 'fields'],
  run(ctx) {
    const { query = {}, hint } = ctx.command;
    if (!isDocument(query)) throw commandError(14, 'Expected field query to be of type object');
    const collection = findCollection(ctx);
    const context = evaluation(ctx, collection, ctx.command);
    const limit = Math.abs(optionalNumber(ctx.command, 'limit') ?? 0);
    const skip = nonNegative(ctx.command, 'skip') ?? 0;
    if (collection && Object.keys(query).length === 0 && limit === 0 && skip === 0 && hint === undefined) {
      return reply({ n: collection.docs.size });
    }
    return reply({ n: findHinted(ctx, collection, { filter: query, limit, skip, hint }, context).length });
  },
};
