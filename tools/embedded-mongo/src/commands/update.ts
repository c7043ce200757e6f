import { commandError } from '../errors.js';
import type { Update } from '../update/index.js';
import { isDocument, type Document } from '../values/index.js';
import { findCollection, reply, type CommandContext, type CommandDefinition } from './context.js';
import { assertOnlyFields, documentsIn } from './fields.js';
import { runUpdate, type UpdateStatement } from './update-statement.js';
import { runBatch } from './write-batch.js';

const STATEMENT_FIELDS = ['q', 'u', 'multi', 'upsert', 'arrayFilters', 'hint', 'collation', 'c'];

export const update: CommandDefinition = {
  fields: ['updates', 'ordered', 'bypassDocumentValidation', 'let'],
  retryable: true,
  allowedInTransaction: true,
  run(ctx) {
    const totals = { n: 0, nModified: 0 };
    const upserted: Document[] = [];
    const statements = documentsIn(ctx.command, 'updates').map((raw) => parseStatement(ctx, raw));
    const errors = runBatch(ctx, statements, (statement, index) => {
      const outcome = runUpdate(ctx, findCollection(ctx), statement);
      totals.n += outcome.upserted ? 1 : outcome.matched;
      totals.nModified += outcome.modified;
      if (outcome.upserted) upserted.push({ index, _id: outcome.upserted._id });
    });
    return reply({ ...totals, ...(upserted.length > 0 && { upserted }), ...errors });
  },
};

function parseStatement(ctx: CommandContext, raw: Document): UpdateStatement {
  assertOnlyFields('update.updates', raw, STATEMENT_FIELDS);
  const { q, u, multi, upsert, hint, collation, arrayFilters, c: constants } = raw;
  if (!isDocument(q))
    throw commandError(40414, "BSON field 'update.updates.q' is missing but a required field");
  const variables = isDocument(constants) ? { ...(ctx.command.let ?? {}), ...constants } : ctx.command.let;
  return {
    filter: q,
    update: u as Update,
    multi: multi === true,
    upsert: upsert === true,
    hint,
    settings: { collation, arrayFilters, let: variables },
  };
}
