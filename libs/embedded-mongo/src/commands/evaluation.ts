import { evaluateExpression } from '../aggregate/index.js';
import { commandError } from '../errors.js';
import { toTimestamp } from '../store/clock.js';
import type { Collection } from '../store/collection.js';
import type { OrderedIndex } from '../store/ordered-index.js';
import { isDocument, parseCollation, valuesEqual, type Document, type EvalContext } from '../values/index.js';
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

/** An index named by its name or its key pattern; `$natural` stands for none. */
export function resolveHint(collection: Collection, hint: unknown): OrderedIndex | 'natural' | undefined {
  if (hint === undefined || hint === null) return undefined;
  if (isDocument(hint) && Object.keys(hint).length === 0) return undefined;
  if (isDocument(hint) && '$natural' in hint) return 'natural';
  for (const index of collection.indexes.values()) {
    if (index.spec.name === hint || (isDocument(hint) && valuesEqual(index.spec.key, hint))) return index;
  }
  throw commandError(
    2,
    'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
  );
}
