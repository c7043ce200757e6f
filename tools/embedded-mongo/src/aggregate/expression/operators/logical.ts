import { commandError } from '../../../errors.js';
import { isTruthy, show, typeName } from '../../../values/index.js';
import { compileOperands, fixed, isNullish, namedArguments } from '../operands.js';
import type { Evaluator, ExpressionCompiler, OperatorTable } from '../types.js';

/** Conditions: operands that are not needed are not evaluated. */
export const LOGICAL: OperatorTable = {
  $and: (argument, compiler) => {
    const operands = compileOperands(argument, compiler);
    return (scope) => operands.every((evaluate) => isTruthy(evaluate(scope)));
  },
  $or: (argument, compiler) => {
    const operands = compileOperands(argument, compiler);
    return (scope) => operands.some((evaluate) => isTruthy(evaluate(scope)));
  },
  $not: fixed(1, ([value]) => !isTruthy(value)),
  $cond: (argument, compiler) => {
    const [condition, onTrue, onFalse] = conditionOperands(argument).map((part) =>
      compiler.compile(part),
    ) as [Evaluator, Evaluator, Evaluator];
    return (scope) => (isTruthy(condition(scope)) ? onTrue(scope) : onFalse(scope));
  },
  $ifNull: (argument, compiler) => {
    const operands = compileOperands(argument, compiler);
    if (operands.length < 2) {
      throw commandError(1257300, `$ifNull needs at least two arguments, had: ${operands.length}`);
    }
    return (scope) => {
      let value: unknown;
      for (const evaluate of operands) {
        value = evaluate(scope);
        if (!isNullish(value)) return value;
      }
      return value;
    };
  },
  $switch: compileSwitch,
};

function conditionOperands(argument: unknown): unknown[] {
  if (Array.isArray(argument)) {
    if (argument.length === 3) return argument;
    throw commandError(
      16020,
      `Expression $cond takes exactly 3 arguments. ${argument.length} were passed in.`,
    );
  }
  const parts = namedArguments(argument, '$cond', { required: ['if', 'then', 'else'] });
  return ['if', 'then', 'else'].map((name) => parts.get(name));
}

function compileSwitch(argument: unknown, compiler: ExpressionCompiler): Evaluator {
  const parts = namedArguments(argument, '$switch', { required: ['branches'], optional: ['default'] });
  const list = parts.get('branches');
  if (!Array.isArray(list)) {
    throw commandError(40061, `$switch expected an array for 'branches', found: ${typeName(list)}`);
  }
  if (list.length === 0) throw commandError(40068, '$switch requires at least one branch.');
  const branches = list.map((branch: unknown) => {
    const fields = namedArguments(branch, '$switch', { required: ['case', 'then'] });
    return { when: compiler.compile(fields.get('case')), then: compiler.compile(fields.get('then')) };
  });
  const otherwise: Evaluator = parts.has('default')
    ? compiler.compile(parts.get('default'))
    : ({ root }) => {
        throw commandError(
          40066,
          `$switch could not find a matching branch for an input, and no default was specified: ${show(root)}`,
        );
      };
  return (scope) => (branches.find(({ when }) => isTruthy(when(scope)))?.then ?? otherwise)(scope);
}
