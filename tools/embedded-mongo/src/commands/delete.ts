import { commandError } from '../errors.js';
import { isDocument, type Document } from '../values/index.js';
import { findCollection, reply, type CommandContext, type CommandDefinition } from './context.js';
import { deleteDocument } from './documents.js';
import { evaluation } from './evaluation.js';
import { assertOnlyFields, documentsIn, optionalNumber } from './fields.js';
import { findHinted } from './find-hinted.js';
import { runBatch } from './write-batch.js';

export const deleteCommand: CommandDefinition = {
  fields: ['deletes', 'ordered', 'let'],
  retryable: true,
  allowedInTransaction: true,
  run(ctx) {
    let n = 0;
    const statements = documentsIn(ctx.command, 'deletes').map(parseStatement);
    const errors = runBatch(ctx, statements, (statement) => {
      n += runDelete(ctx, statement);
    });
    return reply({ n, ...errors });
  },
};

interface DeleteStatement {
  filter: Document;
  limit: 0 | 1;
  hint: unknown;
  collation: unknown;
}

function parseStatement(raw: Document): DeleteStatement {
  assertOnlyFields('delete.deletes', raw, ['q', 'limit', 'hint', 'collation']);
  const { q: filter, hint, collation } = raw;
  const limit = optionalNumber(raw, 'limit');
  if (!isDocument(filter)) {
    throw commandError(40414, "BSON field 'delete.deletes.q' is missing but a required field");
  }
  if (limit !== 0 && limit !== 1) {
    throw commandError(9, `The limit field in delete objects must be 0 or 1. Got ${limit ?? 'nothing'}`);
  }
  return { filter, limit, hint, collation };
}

function runDelete(ctx: CommandContext, { filter, limit, hint, collation }: DeleteStatement): number {
  const collection = findCollection(ctx);
  const context = evaluation(ctx, collection, { collation, let: ctx.command.let });
  const found = findHinted(ctx, collection, { filter, limit, hint }, context);
  if (!collection) return 0;
  for (const target of found) deleteDocument(ctx, collection, target);
  return found.length;
}
