import { unsupported } from '../../../errors.js';
import {
  Summation,
  arithmetic,
  asDouble,
  asNumeric,
  toDouble,
  type Collation,
  type Numeric,
} from '../../../values/index.js';
import { compileOperands, isNullish } from '../operands.js';
import type { OperatorFactory, OperatorTable } from '../types.js';
import { compareInExpressions } from './comparison.js';

/**
 * Accumulators as expressions. With one operand that is an array they run over its elements, otherwise over
 * the operands.
 */
export const ACCUMULATION: OperatorTable = {
  $sum: over(sumOf),
  $avg: over(averageOf),
  $min: over((values, collation) => extreme(values, -1, collation)),
  $max: over((values, collation) => extreme(values, 1, collation)),
  $stdDevPop: over((values) => deviationOf(values, 0)),
  $stdDevSamp: over((values) => deviationOf(values, 1)),
};

function over(compute: (values: unknown[], collation?: Collation) => unknown): OperatorFactory {
  return (argument, compiler) => {
    const operands = compileOperands(argument, compiler);
    const { collation } = compiler.ctx;
    return (scope) => {
      const values = operands.map((evaluate) => evaluate(scope));
      const [only] = values;
      return compute(values.length === 1 && Array.isArray(only) ? only : values, collation);
    };
  };
}

/** What is no number does not count. */
export function sumOf(values: Iterable<unknown>): unknown {
  return summed(values).total();
}

export function averageOf(values: Iterable<unknown>): unknown {
  const sum = summed(values);
  return sum.count === 0 ? null : arithmetic.divide(sum.total(), sum.count);
}

function summed(values: Iterable<unknown>): Summation {
  const sum = new Summation();
  for (const value of values) {
    const number = asNumeric(value);
    if (number !== undefined) sum.add(number);
  }
  return sum;
}

/** The greatest (1) or least (-1) of the values; null and missing do not count. */
export function extreme(values: Iterable<unknown>, direction: 1 | -1, collation?: Collation): unknown {
  let best: unknown = null;
  for (const value of values) {
    if (isNullish(value)) continue;
    if (best === null || direction * compareInExpressions(value, best, collation) > 0) best = value;
  }
  return best;
}

/** `delta` is 1 for a sample, 0 for a population. */
export function deviationOf(values: Iterable<unknown>, delta: 0 | 1): Numeric | null {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of values) {
    const number = asNumeric(value);
    if (number === undefined) continue;
    const double = toDouble(number);
    if (!Number.isFinite(double)) throw unsupported('the standard deviation of infinite values');
    count++;
    const step = double - mean;
    mean += step / count;
    squares += step * (double - mean);
  }
  return count - delta <= 0 ? null : asDouble(Math.sqrt(squares / (count - delta)));
}
