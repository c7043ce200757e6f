import { commandError, unsupported } from '../errors.js';
import { compileExpression } from '../aggregate/expression/index.js';
import {
  asDocument,
  asNumeric,
  isTruthy,
  show,
  typeName,
  type Document,
  type EvalContext,
} from '../values/index.js';
import { compileField } from './field-filter.js';
import { allOf, anyOf, negated, type Filter } from './filter-types.js';

/**
 * A filter document as a predicate. Compile once, test many documents; see {@link Filter} for how to learn
 * where in an array it matched.
 */
export function compileFilter(filter: Document, ctx: EvalContext): Filter {
  const fields = asDocument(filter);
  if (!fields) throw commandError(14, `the match filter must be an object, found ${typeName(filter)}`);
  const tests: Filter[] = [];
  for (const [name, argument] of Object.entries(fields)) {
    const test = name.startsWith('$')
      ? compileTopLevel(name, argument, ctx)
      : compileField(name, argument, ctx);
    if (test) tests.push(test);
  }
  return allOf(tests);
}

function compileTopLevel(operator: string, argument: unknown, ctx: EvalContext): Filter | undefined {
  switch (operator) {
    case '$and':
      return allOf(branches(operator, argument, ctx));
    case '$or':
      return anyOf(branches(operator, argument, ctx));
    case '$nor':
      return negated(anyOf(branches(operator, argument, ctx)));
    case '$expr':
      return compileExpr(argument, ctx);
    case '$comment':
      return undefined;
    case '$alwaysTrue':
      return () => true;
    case '$alwaysFalse':
      return () => false;
    case '$sampleRate': {
      const rate = Number(asNumeric(argument));
      return () => Math.random() < rate;
    }
    case '$where':
    case '$text':
    case '$jsonSchema':
      throw unsupported(operator);
    default:
      throw commandError(
        2,
        `unknown top level operator: ${operator}. If you have a field name that starts with a '$' symbol, ` +
          'consider using $getField or $setField.',
      );
  }
}

function branches(operator: string, argument: unknown, ctx: EvalContext): Filter[] {
  if (!Array.isArray(argument)) throw commandError(2, `${operator} must be an array`);
  if (argument.length === 0) throw commandError(2, '$and/$or/$nor must be a nonempty array');
  return argument.map((branch: unknown) => {
    const filter = asDocument(branch);
    if (!filter) {
      throw commandError(2, `$or/$and/$nor entries need to be full objects, found ${show(branch)}`);
    }
    return compileFilter(filter, ctx);
  });
}

function compileExpr(expression: unknown, ctx: EvalContext): Filter {
  const evaluate = compileExpression(expression, ctx);
  return (doc) => isTruthy(evaluate(doc));
}
