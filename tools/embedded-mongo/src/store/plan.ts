import type { PathBounds } from '../query/index.js';
import { isRegex, keyString, valuesEqual, type Collation, type Document } from '../values/index.js';
import type { Collection } from './collection.js';
import { isImplied } from './implied.js';
import type { KeyBounds, KeyRange } from './key-range.js';
import type { OrderedIndex } from './ordered-index.js';

/** Which documents to look at, in which order. The filter is still asked for each of them. */
export interface Plan {
  index: OrderedIndex;
  ranges: readonly KeyRange[];
  descending: boolean;
  /** The ranges yield the documents in the order that was asked for. */
  sorted: boolean;
}

export interface Question {
  filter: Document;
  sort?: Document;
  collation?: Collation;
  /** Name or key pattern of an index; `{$natural: ±1}` forbids all. */
  hint?: OrderedIndex | 'natural';
  /** Only this part of the hinted index, in its order. */
  within?: KeyBounds;
}

const MAX_RANGES = 20_000;

/** The index that narrows the search most, or that gives the order; undefined means a full scan. */
export function choosePlan(
  collection: Collection,
  question: Question,
  bounds: ReadonlyMap<string, PathBounds>,
): Plan | undefined {
  if (question.hint === 'natural') return undefined;
  if (question.hint && question.within) return partOfIndex(question.hint, question.within, question.sort);
  if (question.hint) return planFor(question.hint, bounds, question)?.plan ?? wholeIndex(question.hint);
  let best: { plan: Plan; score: number } | undefined;
  for (const index of collection.indexes.values()) {
    if (index.spec.hidden || !serves(index, question, bounds)) continue;
    const candidate = planFor(index, bounds, question);
    if (candidate && (!best || candidate.score > best.score)) best = candidate;
  }
  return best?.plan;
}

function wholeIndex(index: OrderedIndex): Plan {
  return { index, ranges: [{ equal: [] }], descending: false, sorted: false };
}

function partOfIndex(index: OrderedIndex, within: KeyBounds, sort: Document | undefined): Plan {
  const order = sort && orderGiven(index, 0, sort);
  const descending = order === 'backward';
  return { index, ranges: [{ equal: [], ...within }], descending, sorted: order !== undefined };
}

/** String order must be the same, and a partial index must hold every document the filter can match. */
function serves(
  index: OrderedIndex,
  { filter, collation }: Question,
  bounds: ReadonlyMap<string, PathBounds>,
): boolean {
  if (!sameCollation(index.collation, collation)) return false;
  const partial = index.spec.partialFilterExpression ?? {};
  return Object.entries(partial).every(
    ([path, condition]) =>
      (path in filter && valuesEqual(filter[path], condition)) || isImplied(bounds.get(path), condition),
  );
}

export function sameCollation(a: Collection['collation'], b: Collection['collation']): boolean {
  return a === b || (a !== undefined && b !== undefined && valuesEqual(a.spec, b.spec));
}

function planFor(
  index: OrderedIndex,
  bounds: ReadonlyMap<string, PathBounds>,
  { sort }: Question,
): { plan: Plan; score: number } | undefined {
  const { ranges, equalities, bounded } = rangesOf(index, bounds);
  const order = sort && ranges.length === 1 ? orderGiven(index, equalities, sort) : undefined;
  const score = equalities * 4 + (bounded ? 2 : 0) + (order ? 1 : 0);
  if (score === 0 || (index.spec.sparse && equalities === 0 && !bounded)) return undefined;
  return {
    score,
    plan: { index, ranges, descending: order === 'backward', sorted: order !== undefined },
  };
}

interface Ranges {
  ranges: KeyRange[];
  equalities: number;
  bounded: boolean;
}

function rangesOf(index: OrderedIndex, bounds: ReadonlyMap<string, PathBounds>): Ranges {
  let prefixes: unknown[][] = [[]];
  let equalities = 0;
  // With arrays, two conditions may be met by two different elements: only the first component narrows.
  for (const field of index.multikey ? index.fields.slice(0, 1) : index.fields) {
    const bound = bounds.get(field);
    const values = bound?.eq?.every((value) => isKeyValue(value, index))
      ? distinct(bound.eq, index)
      : undefined;
    if (!values || prefixes.length * values.length > MAX_RANGES) {
      const range = bound && comparison(bound, index);
      return {
        ranges: prefixes.map((equal) => ({ equal, ...range })),
        equalities,
        bounded: range !== undefined,
      };
    }
    equalities += 1;
    prefixes = prefixes.flatMap((prefix) => values.map((value) => [...prefix, value]));
  }
  return { ranges: prefixes.map((equal) => ({ equal })), equalities, bounded: false };
}

function comparison({ lower, upper }: PathBounds, index: OrderedIndex): Omit<KeyRange, 'equal'> | undefined {
  const low = lower && isBoundary(lower.value) ? lower : undefined;
  const high = upper && isBoundary(upper.value) ? upper : undefined;
  if (low && (index.multikey || !high)) return { lower: low };
  if (high && !low) return { upper: high };
  return low && high ? { lower: low, upper: high } : undefined;
}

function distinct(values: readonly unknown[], { collation }: OrderedIndex): readonly unknown[] {
  if (values.length < 2) return values;
  return [...new Map(values.map((value) => [keyString(value, collation), value])).values()];
}

/** Null stands for missing too, and a sparse index leaves missing fields out. */
function isKeyValue(value: unknown, index: OrderedIndex): boolean {
  if (value === null || value === undefined) return !index.spec.sparse;
  return !Array.isArray(value) && !isRegex(value);
}

function isBoundary(value: unknown): boolean {
  return value !== null && value !== undefined && !Array.isArray(value) && !isRegex(value);
}

function orderGiven(index: OrderedIndex, fixed: number, sort: Document): 'forward' | 'backward' | undefined {
  if (index.multikey || index.spec.sparse) return undefined;
  const constant = new Set(index.fields.slice(0, fixed));
  const wanted = Object.entries(sort).filter(([field]) => !constant.has(field));
  let direction = 0;
  for (const [i, [field, way]] of wanted.entries()) {
    const at = fixed + i;
    if (index.fields[at] !== field || (way !== 1 && way !== -1)) return undefined;
    const same = way === index.order.directions[at] ? 1 : -1;
    if (direction !== 0 && direction !== same) return undefined;
    direction = same;
  }
  return direction === -1 ? 'backward' : 'forward';
}
