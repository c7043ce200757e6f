import { compareValues, RANK, typeRank, type Collation } from '../../../values/index.js';
import { fixed } from '../operands.js';
import type { OperatorFactory, OperatorTable } from '../types.js';

/** As compareValues, but a missing value is less than null (and greater only than MinKey). */
export function compareInExpressions(a: unknown, b: unknown, collation?: Collation): number {
  if (a !== undefined && b !== undefined) return compareValues(a, b, collation);
  if (a === b) return 0;
  const other = a === undefined ? b : a;
  const order = typeRank(other) === RANK.minKey ? 1 : -1;
  return a === undefined ? order : -order;
}

const comparison = (holds: (order: number) => unknown): OperatorFactory =>
  fixed(2, ([a, b], { compiler }) => holds(compareInExpressions(a, b, compiler.ctx.collation)));

export const COMPARISON: OperatorTable = {
  $cmp: comparison(Math.sign),
  $eq: comparison((order) => order === 0),
  $ne: comparison((order) => order !== 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
};
