import { commandError, unsupported } from '../errors.js';
import { asDocument, isRegex, isTruthy, type Document, type EvalContext } from '../values/index.js';
import { compileElemMatch } from './elem-match.js';
import type { ValueTest } from './filter-types.js';
import { matchingPattern, ofSize, ofType, withBits, withRemainder } from './operator-tests.js';
import { equalTo, inRange, oneOf } from './value-tests.js';

/** What an operator asks, apart from where: of a field (`overPath`) or of one array element (`onValue`). */
export type Condition =
  /** Of the value, or of some element if it is an array. */
  | { of: 'value'; test: ValueTest }
  /** Of an array as a whole: the index of the element that decides, 0 if none does, -1 for no match. */
  | { of: 'array'; find: (items: unknown[]) => number; positional: boolean }
  | { of: 'conditions'; all: readonly Condition[] }
  | { of: 'negation'; not: readonly Condition[] };

/** The condition if it is a document of operators; `{$ref: …}` is a value. */
export function operatorsOf(condition: unknown): Document | undefined {
  const doc = asDocument(condition);
  const first = doc && Object.keys(doc)[0];
  return first?.startsWith('$') && !['$ref', '$id', '$db'].includes(first) ? doc : undefined;
}

export function compileConditions(operators: Document, ctx: EvalContext): Condition[] {
  return Object.entries(operators).flatMap(([operator, argument]) =>
    compileOperator(operator, argument, { operators, ctx }),
  );
}

/** The operators around one, for `$regex` and its `$options`. */
interface Around {
  operators: Document;
  ctx: EvalContext;
}

function compileOperator(operator: string, argument: unknown, around: Around): Condition | Condition[] {
  const { collation } = around.ctx;
  switch (operator) {
    case '$ne':
      if (isRegex(argument)) throw commandError(2, "Can't have regex as arg to $ne.");
      return not(ofValue(equalTo(argument, collation)));
    case '$nin':
      return not(ofValue(oneOf(argument, collation)));
    case '$not':
      return compileNot(argument, around.ctx);
    case '$exists': {
      const exists = ofValue((value) => value !== undefined);
      return isTruthy(argument) ? exists : not(exists);
    }
    case '$all':
      return compileAll(argument, around.ctx);
    case '$elemMatch':
      return { of: 'array', find: compileElemMatch(argument, around.ctx), positional: true };
    case '$size': {
      const test = ofSize(argument);
      return { of: 'array', find: (items) => (test(items) ? 0 : -1), positional: false };
    }
    case '$options':
      if (!('$regex' in around.operators)) throw commandError(2, '$options needs a $regex');
      return [];
    case '$comment':
      return [];
    default:
      return ofValue(compileValueTest(operator, argument, around));
  }
}

const ofValue = (test: ValueTest): Condition => ({ of: 'value', test });
const not = (...conditions: Condition[]): Condition => ({ of: 'negation', not: conditions });

function compileValueTest(operator: string, argument: unknown, { operators, ctx }: Around): ValueTest {
  switch (operator) {
    case '$eq':
      return equalTo(argument, ctx.collation);
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return inRange(operator, argument, ctx.collation);
    case '$in':
      return oneOf(argument, ctx.collation);
    case '$type':
      return ofType(argument);
    case '$mod':
      return withRemainder(argument);
    case '$regex':
      return matchingPattern(argument, operators);
    case '$bitsAllSet':
    case '$bitsAnySet':
    case '$bitsAllClear':
    case '$bitsAnyClear':
      return withBits(operator, argument);
    case '$near':
    case '$nearSphere':
    case '$geoWithin':
    case '$geoIntersects':
    case '$geoNear':
    case '$within':
      throw unsupported(operator);
    default:
      throw commandError(2, `unknown operator: ${operator}`);
  }
}

function compileNot(argument: unknown, ctx: EvalContext): Condition {
  if (isRegex(argument)) return not(ofValue(equalTo(argument)));
  const operators = asDocument(argument);
  if (!operators) throw commandError(2, '$not needs a regex or a document');
  if (Object.keys(operators).length === 0) throw commandError(2, '$not cannot be empty');
  return not(...compileConditions(operators, ctx));
}

function compileAll(argument: unknown, ctx: EvalContext): Condition {
  if (!Array.isArray(argument)) throw commandError(2, '$all needs an array');
  if (argument.length === 0) return ofValue(() => false);
  const all = argument.map((item: unknown): Condition => {
    const operators = operatorsOf(item);
    if (!operators) return ofValue(equalTo(item, ctx.collation));
    if (!('$elemMatch' in operators)) throw commandError(2, 'no $ expressions in $all');
    return { of: 'array', find: compileElemMatch(operators.$elemMatch, ctx), positional: true };
  });
  return { of: 'conditions', all };
}

/** The condition as a question about one value, which is not looked into if it is an array. */
function onValue(condition: Condition): ValueTest {
  switch (condition.of) {
    case 'value':
      return condition.test;
    case 'array':
      return (value) => Array.isArray(value) && condition.find(value) >= 0;
    case 'conditions':
      return everyTest(condition.all);
    case 'negation': {
      const test = everyTest(condition.not);
      return (value) => !test(value);
    }
  }
}

/** All conditions as one question about one value. */
export function everyTest(conditions: readonly Condition[]): ValueTest {
  const tests = conditions.map(onValue);
  return (value) => tests.every((test) => test(value));
}
