import { evaluateExpression } from '../aggregate/index.js';
import { toTimestamp } from '../store/clock.js';
import type { Collection } from '../store/collection.js';
import { isDocument, parseCollation, type Document, type EvalContext } from '../values/index.js';
import type { CommandContext } from './context.js';

/** What filters, updates and pipelines of a command may use besides the document. */
export function evaluation(
  ctx: CommandContext,
  collection: Collection | undefined,
  { collation: spec, let: variables }: Document,
): EvalContext {
  const collation = spec === undefined ? collection?.collation : parseCollation(spec);
  const base: EvalContext = {
    now: ctx.now,
    clusterTime: toTimestamp(ctx.node.store.clock.last),
    ...(collation && { collation }),
    collection: (name) => documentsOf(ctx, name),
  };
  return isDocument(variables) ? { ...base, variables: evaluateAll(variables, base) } : base;
}

function evaluateAll(variables: Document, ctx: EvalContext): Document {
  return Object.fromEntries(
    Object.entries(variables).map(([name, expression]) => [name, evaluateExpression({}, expression, ctx)]),
  );
}

function* documentsOf(ctx: CommandContext, name: string): Generator<Document> {
  const collection = ctx.workspace.collection({ db: ctx.db, name });
  if (!collection) return;
  for (const [, doc] of ctx.workspace.scan(collection)) yield doc;
}
