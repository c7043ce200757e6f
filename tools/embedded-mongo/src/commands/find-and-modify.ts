import { commandError } from '../errors.js';
import { compileProjection } from '../query/index.js';
import type { Update } from '../update/index.js';
import { isDocument, type Document } from '../values/index.js';
import type { Reply } from '../wire/reply.js';
import { findCollection, reply, type CommandContext, type CommandDefinition } from './context.js';
import { deleteDocument } from './documents.js';
import { evaluation } from './evaluation.js';
import { findHinted } from './find-hinted.js';
import { runUpdate } from './update-statement.js';

export const findAndModify: CommandDefinition = {
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'bypassDocumentValidation',
    'collation',
    'arrayFilters',
    'hint',
    'let',
  ],
  retryable: true,
  allowedInTransaction: true,
  run(ctx) {
    assertRequest(ctx.command);
    return ctx.command.remove === true ? remove(ctx) : modify(ctx);
  },
};

function assertRequest({ remove, update, upsert, new: after }: Document): void {
  if (remove === true && update !== undefined) {
    throw commandError(9, 'Cannot specify both an update and remove=true');
  }
  if (remove !== true && update === undefined) {
    throw commandError(9, 'Either an update or remove=true must be specified');
  }
  if (remove === true && upsert === true)
    throw commandError(9, 'Cannot specify both upsert=true and remove=true');
  if (remove === true && after === true) {
    throw commandError(
      9,
      "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
    );
  }
}

function remove(ctx: CommandContext): Reply {
  const collection = findCollection(ctx);
  const { query, sort, hint } = requestOf(ctx.command);
  const context = evaluation(ctx, collection, ctx.command);
  const search = { filter: query, limit: 1, hint, ...(sort && { sort }) };
  const [found] = findHinted(ctx, collection, search, context);
  if (!collection || !found) return reply({ lastErrorObject: { n: 0 }, value: null });
  deleteDocument(ctx, collection, found);
  return reply({ lastErrorObject: { n: 1 }, value: shown(ctx, found.doc, found.arrayIndex) });
}

function modify(ctx: CommandContext): Reply {
  const { update, upsert, new: wantsAfter, collation, arrayFilters, let: variables } = ctx.command;
  const { query, sort, hint } = requestOf(ctx.command);
  const outcome = runUpdate(ctx, findCollection(ctx), {
    filter: query,
    update: update as Update,
    multi: false,
    upsert: upsert === true,
    hint,
    ...(sort && { sort }),
    settings: { collation, arrayFilters, let: variables },
  });
  const n = outcome.upserted ? 1 : outcome.matched;
  const value = wantsAfter === true ? outcome.after : outcome.before;
  return reply({
    lastErrorObject: {
      n,
      updatedExisting: outcome.matched > 0,
      ...(outcome.upserted && { upserted: outcome.upserted._id }),
    },
    value: value ? shown(ctx, value, outcome.arrayIndex) : null,
  });
}

function requestOf(command: Document): { query: Document; sort: Document | undefined; hint: unknown } {
  const { query = {}, sort, hint } = command;
  if (!isDocument(query)) throw commandError(14, "BSON field 'findAndModify.query' must be an object");
  return { query, sort: isDocument(sort) && Object.keys(sort).length > 0 ? sort : undefined, hint };
}

function shown(ctx: CommandContext, doc: Document, arrayIndex: number | undefined): Document {
  const { fields } = ctx.command;
  if (!isDocument(fields) || Object.keys(fields).length === 0) return doc;
  return compileProjection(fields, evaluation(ctx, findCollection(ctx), ctx.command))(doc, arrayIndex);
}
