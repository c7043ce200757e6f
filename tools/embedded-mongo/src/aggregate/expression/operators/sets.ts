import { isTruthy, keyString, compareValues } from '../../../values/index.js';
import { between, fixed, isNullish, unary, variadic, type CallSite } from '../operands.js';
import type { OperatorTable } from '../types.js';
import { arrayIn } from './arrays.js';

/** Arrays as sets; the order of a result is that of its values. */
export const SETS: OperatorTable = {
  $setUnion: variadic((values, site) =>
    values.some(isNullish)
      ? null
      : sorted(
          setOf(
            values.flatMap((items) => arrayIn(items, site)),
            site,
          ),
          site,
        ),
  ),
  $setIntersection: variadic((values, site) => {
    if (values.some(isNullish)) return null;
    const [first, ...others] = values.map((items) => setOf(arrayIn(items, site), site));
    const common = [...(first ?? [])].filter(([key]) => others.every((other) => other.has(key)));
    return sorted(new Map(common), site);
  }),
  $setDifference: fixed(2, (values, site) => {
    if (values.some(isNullish)) return null;
    const [kept, removed] = values.map((items) => setOf(arrayIn(items, site), site));
    return [...kept!].filter(([key]) => !removed!.has(key)).map(([, value]) => value);
  }),
  $setEquals: between(2, Number.POSITIVE_INFINITY, (values, site) => {
    const [first, ...others] = values.map((items) => setOf(arrayIn(items, site), site));
    return others.every((other) => other.size === first!.size && isSubset(first!, other));
  }),
  $setIsSubset: fixed(2, (values, site) => {
    const [inner, outer] = values.map((items) => setOf(arrayIn(items, site), site));
    return isSubset(inner!, outer!);
  }),
  $allElementsTrue: unary((items, site) => arrayIn(items, site).every(isTruthy)),
  $anyElementTrue: unary((items, site) => arrayIn(items, site).some(isTruthy)),
};

type ValueSet = Map<string, unknown>;

function setOf(items: unknown[], { compiler }: CallSite): ValueSet {
  const set: ValueSet = new Map();
  for (const item of items) {
    const key = keyString(item, compiler.ctx.collation);
    if (!set.has(key)) set.set(key, item);
  }
  return set;
}

const sorted = (set: ValueSet, { compiler }: CallSite): unknown[] =>
  [...set.values()].sort((a, b) => compareValues(a, b, compiler.ctx.collation));

const isSubset = (inner: ValueSet, outer: ValueSet): boolean =>
  [...inner.keys()].every((key) => outer.has(key));
