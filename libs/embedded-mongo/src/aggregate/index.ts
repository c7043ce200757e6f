import type { Document, EvalContext } from '../values/index.js';

/** Stages that read or write the server itself ($changeStream, $out, $merge, …) are the caller's. */
export declare function runPipeline(
  docs: Iterable<Document>,
  pipeline: readonly Document[],
  ctx: EvalContext,
): Document[];
export declare function evaluateExpression(doc: Document, expr: unknown, ctx: EvalContext): unknown;
