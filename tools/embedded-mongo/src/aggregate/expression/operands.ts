import { commandError } from '../../errors.js';
import { asDocument, typeName } from '../../values/index.js';
import type { Evaluator, ExpressionCompiler, OperatorFactory, Scope } from './types.js';

/** Helpers that turn functions of values into operators. */

export const isNullish = (value: unknown): value is null | undefined => value === undefined || value === null;

/** The operands of `{$op: x}` and `{$op: [x, y]}`. */
export function compileOperands(argument: unknown, compiler: ExpressionCompiler): Evaluator[] {
  const operands = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  return operands.map((operand) => compiler.compile(operand));
}

export interface CallSite {
  operator: string;
  compiler: ExpressionCompiler;
}

type OperandFunction = (values: unknown[], site: CallSite) => unknown;

/** Exactly `count` operands. */
export function fixed(count: number, compute: OperandFunction): OperatorFactory {
  return (argument, compiler, operator) => {
    const operands = compileOperands(argument, compiler);
    if (operands.length !== count) {
      throw commandError(
        16020,
        `Expression ${operator} takes exactly ${count} arguments. ${operands.length} were passed in.`,
      );
    }
    return evaluateAll(operands, compute, { operator, compiler });
  };
}

/** At least `min` and at most `max` operands. */
export function between(min: number, max: number, compute: OperandFunction): OperatorFactory {
  return (argument, compiler, operator) => {
    const operands = compileOperands(argument, compiler);
    if (operands.length < min || operands.length > max) {
      throw commandError(
        28667,
        `Expression ${operator} takes at least ${min} arguments, and at most ${max}, but ${operands.length} were passed in.`,
      );
    }
    return evaluateAll(operands, compute, { operator, compiler });
  };
}

export const variadic = (compute: OperandFunction): OperatorFactory =>
  between(0, Number.POSITIVE_INFINITY, compute);

/** One operand. */
export const unary = (compute: (value: unknown, site: CallSite) => unknown): OperatorFactory =>
  fixed(1, ([value], site) => compute(value, site));

/** One operand; null and missing give null. */
export const unaryOrNull = (compute: (value: unknown, site: CallSite) => unknown): OperatorFactory =>
  unary((value, site) => (isNullish(value) ? null : compute(value, site)));

function evaluateAll(operands: Evaluator[], compute: OperandFunction, site: CallSite): Evaluator {
  const [first, second] = operands;
  if (first && operands.length === 1) return (scope) => compute([first(scope)], site);
  if (first && second && operands.length === 2)
    return (scope) => compute([first(scope), second(scope)], site);
  return (scope) =>
    compute(
      operands.map((evaluate) => evaluate(scope)),
      site,
    );
}

/** The evaluated fields of `{$op: {a: …, b: …}}`; an optional field that is not given reads undefined. */
export type NamedValues = (name: string) => unknown;

/** An operator with named parameters. */
export function named(
  parameters: { required: readonly string[]; optional?: readonly string[] },
  compute: (get: NamedValues, site: CallSite) => unknown,
): OperatorFactory {
  return (argument, compiler, operator) => {
    const given = namedArguments(argument, operator, parameters);
    const evaluators = new Map([...given].map(([name, value]) => [name, compiler.compile(value)]));
    const site = { operator, compiler };
    return (scope: Scope) => compute((name) => evaluators.get(name)?.(scope), site);
  };
}

/** The arguments by name, unevaluated, for operators that bind variables. */
export function namedArguments(
  argument: unknown,
  operator: string,
  parameters: { required: readonly string[]; optional?: readonly string[] },
): Map<string, unknown> {
  const doc = asDocument(argument);
  if (!doc)
    throw commandError(9, `${operator} only supports an object as an argument, found ${typeName(argument)}`);
  const known = [...parameters.required, ...(parameters.optional ?? [])];
  for (const name of Object.keys(doc)) {
    if (!known.includes(name)) throw commandError(9, `Unrecognized parameter to ${operator}: ${name}`);
  }
  const missing = parameters.required.find((name) => !Object.hasOwn(doc, name));
  if (missing !== undefined) throw commandError(9, `Missing '${missing}' parameter to ${operator}`);
  return new Map(Object.entries(doc));
}
