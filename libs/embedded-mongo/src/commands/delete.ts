import { commandError } from '../errors.js';
import { findDocuments } from '../store/find-documents.js';
import { isDocument, type Document } from '../values/index.js';
import { findCollection, reply, type CommandContext, type CommandDefinition } from './context.js';
import { deleteDocument } from './documents.js';
import { evaluation, resolveHint } from './evaluation.js';
import { assertOnlyFields, documentsIn, optionalNumber } from './fields.js';
import { runBatch } from './write-batch.js';

export const deleteCommand: CommandDefinition = {
  fields: ['deletes', 'ordered', 'let'],
  retryable: true,
  allowedInTransaction: true,
  run(ctx) {
    let n = 0;
    const errors = runBatch(ctx, documentsIn(ctx.command, 'deletes'), (statement) => {
      n += runDelete(ctx, statement);
    });
    return reply({ n, ...errors });
  },
};

function runDelete(ctx: CommandContext, statement: Document): number {
  assertOnlyFields('delete.deletes', statement, ['q', 'limit', 'hint', 'collation']);
  const { q: filter, hint, collation } = statement;
  const limit = optionalNumber(statement, 'limit');
  if (!isDocument(filter))
    throw commandError(40414, "BSON field 'delete.deletes.q' is missing but a required field");
  if (limit !== 0 && limit !== 1) {
    throw commandError(9, `The limit field in delete objects must be 0 or 1. Got ${limit ?? 'nothing'}`);
  }
  const collection = findCollection(ctx);
  const context = evaluation(ctx, collection, { collation, let: ctx.command['let'] });
  if (!collection) return 0;
  const named = resolveHint(collection, hint);
  const found = findDocuments(
    ctx.workspace,
    collection,
    { filter, limit, ...(named && { hint: named }) },
    context,
  );
  for (const target of found) deleteDocument(ctx, collection, target);
  return found.length;
}
