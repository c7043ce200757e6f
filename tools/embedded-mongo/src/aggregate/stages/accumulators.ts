import { commandError, unsupported } from '../../errors.js';
import { compileSort } from '../../query/index.js';
import { asDocument, keyString, type Document } from '../../values/index.js';

import {
  averageOf,
  compareInExpressions,
  compileExpression,
  countIn,
  deviationOf,
  extreme,
  mergeInto,
  sumOf,
} from '../expression/index.js';
import type { StageCompiler } from '../stage-types.js';

/** The value of one output field for a group of documents. */
export type Accumulator = (group: readonly Document[]) => unknown;

type AccumulatorFactory = (argument: unknown, compiler: StageCompiler, operator: string) => Accumulator;

const REFUSED = new Set(['$accumulator', '$median', '$percentile']);

/** `{$sum: '$price'}` and its like. */
export function compileAccumulator(field: string, spec: unknown, compiler: StageCompiler): Accumulator {
  const doc = asDocument(spec);
  const [operator, ...others] = Object.keys(doc ?? {});
  if (!doc || operator === undefined) {
    throw commandError(40234, `The field '${field}' must be an accumulator object`);
  }
  if (others.length > 0) throw commandError(40238, `The field '${field}' must specify one accumulator`);
  const factory = Object.hasOwn(ACCUMULATORS, operator) ? ACCUMULATORS[operator] : undefined;
  if (factory) return factory(doc[operator], compiler, operator);
  if (REFUSED.has(operator)) throw unsupported(`the accumulator ${operator}`);
  throw commandError(15952, `unknown group operator '${operator}'`);
}

const ACCUMULATORS: Readonly<Record<string, AccumulatorFactory>> = {
  $sum: over(sumOf),
  $avg: over(averageOf),
  $min: over((values, { ctx }) => extreme(values, -1, ctx.collation)),
  $max: over((values, { ctx }) => extreme(values, 1, ctx.collation)),
  $first: over((values) => values[0] ?? null),
  $last: over((values) => values.at(-1) ?? null),
  $push: over((values) => values.filter((value) => value !== undefined)),
  $addToSet: over((values, { ctx }) => [
    ...new Map(
      values
        .filter((value) => value !== undefined)
        .map((value): [string, unknown] => [keyString(value, ctx.collation), value]),
    ).values(),
  ]),
  $mergeObjects: over((values) => values.reduce<Document>(mergeInto, {})),
  $stdDevPop: over((values) => deviationOf(values, 0)),
  $stdDevSamp: over((values) => deviationOf(values, 1)),
  $count: (argument) => {
    if (Object.keys(asDocument(argument) ?? { none: 1 }).length > 0) {
      throw commandError(9, '$count takes no arguments, i.e. $count:{}');
    }
    return (group) => group.length;
  },
  $firstN: counted((values, n) => values.slice(0, n)),
  $lastN: counted((values, n) => values.slice(-n)),
  $minN: counted((values, n, { ctx }) => ordered(values, 1, ctx.collation).slice(0, n)),
  $maxN: counted((values, n, { ctx }) => ordered(values, -1, ctx.collation).slice(0, n)),
  $top: sorted((values) => values[0] ?? null),
  $bottom: sorted((values) => values.at(-1) ?? null),
  $topN: sorted((values, n) => values.slice(0, n)),
  $bottomN: sorted((values, n) => values.slice(-n)),
};

function over(combine: (values: readonly unknown[], compiler: StageCompiler) => unknown): AccumulatorFactory {
  return (argument, compiler) => {
    const evaluate = compileExpression(argument, compiler.ctx);
    return (group) => combine(group.map(evaluate), compiler);
  };
}

/** `{n, input}` */
function counted(
  combine: (values: readonly unknown[], n: number, compiler: StageCompiler) => unknown,
): AccumulatorFactory {
  return (argument, compiler, operator) => {
    const { n, input } = asDocument(argument) ?? {};
    const count = countIn(compileExpression(n, compiler.ctx)({}), operator);
    const evaluate = compileExpression(input, compiler.ctx);
    return (group) =>
      combine(
        group.map((doc) => evaluate(doc) ?? null),
        count,
        compiler,
      );
  };
}

/** `{sortBy, output}` and, for several, `n` */
function sorted(combine: (values: readonly unknown[], n: number) => unknown): AccumulatorFactory {
  return (argument, { ctx }, operator) => {
    const { sortBy, output, n = 1 } = asDocument(argument) ?? {};
    const keys = asDocument(sortBy);
    if (!keys) throw commandError(5788005, `Missing value for 'sortBy' of ${operator}`);
    const order = compileSort(keys, ctx.collation);
    const evaluate = compileExpression(output, ctx);
    const count = countIn(compileExpression(n, ctx)({}), operator);
    return (group) =>
      combine(
        [...group].sort(order).map((doc) => evaluate(doc) ?? null),
        count,
      );
  };
}

function ordered(
  values: readonly unknown[],
  direction: 1 | -1,
  collation: StageCompiler['ctx']['collation'],
): unknown[] {
  return values
    .filter((value) => value !== null && value !== undefined)
    .sort((a, b) => direction * compareInExpressions(a, b, collation));
}
