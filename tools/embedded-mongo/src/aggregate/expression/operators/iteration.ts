import { commandError } from '../../../errors.js';
import { asDocument, getPath, isTruthy, toSafeInteger, typeName } from '../../../values/index.js';
import { isNullish, namedArguments } from '../operands.js';
import { bind, type Evaluator, type ExpressionCompiler, type OperatorTable, type Scope } from '../types.js';
import { countIn } from './arrays.js';
import { compareInExpressions } from './comparison.js';

/** Operators that bind variables. */
export const ITERATION: OperatorTable = {
  $let: (argument, compiler) => {
    const parts = namedArguments(argument, '$let', { required: ['vars', 'in'] });
    const variables = Object.entries(asDocument(parts.get('vars')) ?? {}).map(
      ([name, value]): [string, Evaluator] => [userVariable(name), compiler.compile(value)],
    );
    const body = compiler.withVariables(variables.map(([name]) => name)).compile(parts.get('in'));
    return (scope) =>
      body(variables.reduce((inner, [name, evaluate]) => bind(inner, name, evaluate(scope)), scope));
  },
  $map: (argument, compiler) => {
    const parts = namedArguments(argument, '$map', { required: ['input', 'in'], optional: ['as'] });
    const loop = new Loop('$map', parts, compiler);
    const body = loop.body('in');
    return (scope) => loop.items(scope)?.map((item) => body(loop.bind(scope, item)) ?? null) ?? null;
  },
  $filter: (argument, compiler) => {
    const parts = namedArguments(argument, '$filter', {
      required: ['input', 'cond'],
      optional: ['as', 'limit'],
    });
    const loop = new Loop('$filter', parts, compiler);
    const condition = loop.body('cond');
    const limit = compiler.compile(parts.get('limit') ?? null);
    return (scope) => {
      const kept = loop.items(scope)?.filter((item) => isTruthy(condition(loop.bind(scope, item))));
      const count = limit(scope);
      return (isNullish(count) ? kept : kept?.slice(0, countIn(count, '$filter'))) ?? null;
    };
  },
  $reduce: (argument, compiler) => {
    const parts = namedArguments(argument, '$reduce', { required: ['input', 'initialValue', 'in'] });
    const input = compiler.compile(parts.get('input'));
    const initial = compiler.compile(parts.get('initialValue'));
    const body = compiler.withVariables(['this', 'value']).compile(parts.get('in'));
    return (scope) =>
      iterated(input(scope), '$reduce')?.reduce(
        (value, item) => body(bind(bind(scope, 'this', item), 'value', value)),
        initial(scope),
      ) ?? null;
  },
  $sortArray: (argument, compiler) => {
    const parts = namedArguments(argument, '$sortArray', { required: ['input', 'sortBy'] });
    const input = compiler.compile(parts.get('input'));
    const order = elementOrder(parts.get('sortBy'), compiler);
    return (scope) => iterated(input(scope), '$sortArray')?.toSorted(order) ?? null;
  },
};

/** The element variable of `$map` and `$filter`: `as`, or `this`. */
class Loop {
  private readonly name: string;
  private readonly input: Evaluator;

  constructor(
    private readonly operator: string,
    private readonly parts: ReadonlyMap<string, unknown>,
    private readonly compiler: ExpressionCompiler,
  ) {
    const name = parts.get('as') ?? 'this';
    if (typeof name !== 'string') throw commandError(16866, `'as' of ${operator} has to be a string`);
    this.name = userVariable(name);
    this.input = compiler.compile(parts.get('input'));
  }

  body(part: string): Evaluator {
    return this.compiler.withVariables([this.name]).compile(this.parts.get(part));
  }

  items(scope: Scope): unknown[] | undefined {
    return iterated(this.input(scope), this.operator);
  }

  bind(scope: Scope, item: unknown): Scope {
    return bind(scope, this.name, item);
  }
}

function iterated(input: unknown, operator: string): unknown[] | undefined {
  if (isNullish(input)) return undefined;
  if (!Array.isArray(input))
    throw commandError(16883, `input to ${operator} must be an array not ${typeName(input)}`);
  return input as unknown[];
}

function userVariable(name: string): string {
  if (name === 'CURRENT' || /^[a-z\u0080-\uffff][\w\u0080-\uffff]*$/.test(name)) return name;
  throw commandError(16867, `'${name}' starts with an invalid character for a user variable name`);
}

function elementOrder(sortBy: unknown, compiler: ExpressionCompiler): (a: unknown, b: unknown) => number {
  const { collation } = compiler.ctx;
  const whole = toSafeInteger(sortBy);
  if (whole === 1 || whole === -1) return (a, b) => whole * compareInExpressions(a, b, collation);
  const keys = Object.entries(asDocument(sortBy) ?? {}).map(([path, direction]) => {
    const sign = toSafeInteger(direction);
    if (sign !== 1 && sign !== -1) {
      throw commandError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    }
    return { path, sign };
  });
  if (keys.length === 0) throw commandError(2942503, "The 'sortBy' of $sortArray must be 1, -1 or an object");
  return (a, b) => {
    for (const { path, sign } of keys) {
      const order =
        sign * compareInExpressions(getPath(a, path) ?? null, getPath(b, path) ?? null, collation);
      if (order !== 0) return order;
    }
    return 0;
  };
}
