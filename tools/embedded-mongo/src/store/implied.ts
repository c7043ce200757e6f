import type { PathBounds } from '../query/index.js';
import { compareValues, typeRank, type Document } from '../values/index.js';

/**
 * Whether every document within these bounds fulfils the condition of a partial index: `$exists`, or a lower bound, which
 * holds within one type.
 */
export function isImplied(bound: PathBounds | undefined, condition: unknown): boolean {
  if (!bound || typeof condition !== 'object' || condition === null) return false;
  const [operator, ...more] = Object.entries(condition as Document);
  if (!operator || more.length > 0) return false;
  const [name, limit] = operator;
  if (name === '$exists') return limit === true && (isNamed(bound) || bound.lower !== undefined);
  if (name !== '$gt' && name !== '$gte') return false;
  if (bound.eq) return bound.eq.every((value) => isAbove(value, limit, name === '$gte'));
  const { lower } = bound;
  if (!lower) return false;
  return isAbove(lower.value, limit, name === '$gte' || !lower.inclusive);
}

/** Null stands for missing too. */
function isNamed({ eq }: PathBounds): boolean {
  return eq?.every((value) => value !== null && value !== undefined) ?? false;
}

function isAbove(value: unknown, limit: unknown, orEqual: boolean): boolean {
  if (typeRank(value) !== typeRank(limit)) return false;
  const order = compareValues(value, limit);
  return order > 0 || (orEqual && order === 0);
}
