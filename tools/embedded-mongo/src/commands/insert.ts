import { reply, type CommandDefinition } from './context.js';
import { ensureCollection, insertDocument } from './documents.js';
import { documentsIn } from './fields.js';
import { runBatch } from './write-batch.js';

export const insert: CommandDefinition = {
  fields: ['documents', 'ordered', 'bypassDocumentValidation'],
  retryable: true,
  allowedInTransaction: true,
  run(ctx) {
    const documents = documentsIn(ctx.command, 'documents');
    const collection = ensureCollection(ctx);
    let n = 0;
    const errors = runBatch(ctx, documents, (doc) => {
      insertDocument(ctx, collection, doc);
      n += 1;
    });
    return reply({ n, ...errors });
  },
};
