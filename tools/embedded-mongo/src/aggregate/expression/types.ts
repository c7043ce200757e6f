import type { EvalContext } from '../../values/index.js';

/** A variable bound by `$let`, `$map`, … and those around it. */
export interface Binding {
  name: string;
  value: unknown;
  outer?: Binding | undefined;
}

/** What an expression is evaluated in. */
export interface Scope {
  /** `$$ROOT`, where field paths start. */
  root: unknown;
  variables?: Binding | undefined;
}

/** Undefined is the missing value. */
export type Evaluator = (scope: Scope) => unknown;

export interface ExpressionCompiler {
  readonly ctx: EvalContext;
  compile(expression: unknown): Evaluator;
  /** A compiler that knows these variables too. */
  withVariables(names: readonly string[]): ExpressionCompiler;
}

/** Turns the argument of an operator into an evaluator. */
export type OperatorFactory = (
  argument: unknown,
  compiler: ExpressionCompiler,
  operator: string,
) => Evaluator;
export type OperatorTable = Readonly<Record<string, OperatorFactory>>;

export function bind(scope: Scope, name: string, value: unknown): Scope {
  return { root: scope.root, variables: { name, value, outer: scope.variables } };
}
