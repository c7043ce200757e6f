import type { Document, EvalContext } from '../../values/index.js';
import { compileExpression } from './compiler.js';

export { compileExpression };
export { compareInExpressions } from './operators/comparison.js';
export { averageOf, deviationOf, extreme, sumOf } from './operators/accumulation.js';
export { countIn } from './operators/arrays.js';
export { mergeInto } from './operators/objects.js';
export { parseFieldPath, valueAtPath } from './field-path.js';

/** One expression on one document. To evaluate it on many, compile it. */
export function evaluateExpression(doc: Document, expression: unknown, ctx: EvalContext): unknown {
  return compileExpression(expression, ctx)(doc);
}
