import {
  compileFilter,
  compileSort,
  filterBounds,
  type ArrayMatch,
  type PathBounds,
} from '../query/index.js';
import { isDocument, isRegex, type Document, type EvalContext } from '../values/index.js';
import type { Collection } from './collection.js';
import { compareKeys } from './key-range.js';
import { choosePlan, sameCollation, type Plan, type Question } from './plan.js';
import type { View } from './workspace.js';

export interface Found {
  key: string;
  doc: Document;
  /** The array element the filter matched, for positional updates and projections. */
  arrayIndex: number | undefined;
}

export interface Search extends Omit<Question, 'collation'> {
  skip?: number;
  /** 0 or absent: no limit. */
  limit?: number;
}

/** The documents of a view that match, sorted and cut as asked for. */
export function findDocuments(view: View, collection: Collection, search: Search, ctx: EvalContext): Found[] {
  const { filter, sort, skip = 0, limit = 0 } = search;
  const ordering = sort && Object.keys(sort).length > 0 && !('$natural' in sort) ? sort : undefined;
  const plan = planSearch(view, collection, { ...search, ...(ordering && { sort: ordering }) }, ctx);
  const needsSort = ordering !== undefined && !plan.sorted;
  const enough = limit === 0 || needsSort || isReversed(sort) ? Infinity : skip + limit;
  let found = collect(plan.candidates, compileFilter(filter, ctx), enough);
  if (needsSort) {
    const compare = compileSort(ordering, ctx.collation);
    found.sort((a, b) => compare(a.doc, b.doc));
  }
  if (isReversed(sort)) found.reverse();
  if (skip > 0 || (limit > 0 && found.length > limit))
    found = found.slice(skip, limit > 0 ? skip + limit : undefined);
  return found;
}

type Candidates = Iterable<[key: string, doc: Document]>;

function collect(
  candidates: Candidates,
  matches: (doc: Document, match?: ArrayMatch) => boolean,
  enough: number,
): Found[] {
  const found: Found[] = [];
  const match: ArrayMatch = {};
  for (const [key, doc] of candidates) {
    delete match.index;
    if (!matches(doc, match)) continue;
    found.push({ key, doc, arrayIndex: match.index });
    if (found.length >= enough) break;
  }
  return found;
}

function planSearch(
  view: View,
  collection: Collection,
  search: Search,
  ctx: EvalContext,
): { candidates: Candidates; sorted: boolean } {
  const bounds = filterBounds(search.filter);
  const ids = search.hint === undefined ? idsAskedFor(collection, bounds, ctx) : undefined;
  if (ids) return { candidates: byKeys(view, collection, ids), sorted: ids.size < 2 };
  const question = { ...search, ...(ctx.collation && { collation: ctx.collation }) };
  const plan = choosePlan(collection, question, bounds);
  if (!plan) return { candidates: view.scan(collection), sorted: false };
  const divergent = view.divergent(collection);
  const keys = keysOf(plan, divergent);
  if (search.within && divergent.size > 0) {
    const candidates = partOfView(byKeys(view, collection, keys), plan);
    return { candidates, sorted: plan.sorted };
  }
  return { candidates: byKeys(view, collection, keys), sorted: plan.sorted && divergent.size === 0 };
}

/** What a part of the index holds if the index is not all there is: in its order, and nothing from outside. */
function partOfView(candidates: Candidates, { index, ranges, descending }: Plan): Candidates {
  const within = [...candidates].flatMap(([id, doc]) => {
    const keys = index.keysOf(doc).filter((key) => ranges.some((range) => index.isWithin(key, range)));
    const [key] = keys.sort((a, b) => compareKeys(a, b, index.order));
    return key ? [{ id, doc, key }] : [];
  });
  within.sort((a, b) => (descending ? -1 : 1) * compareKeys(a.key, b.key, index.order));
  return within.map(({ id, doc }) => [id, doc]);
}

/** Most commands name their documents by `_id`: no index needs to be asked. */
function idsAskedFor(
  collection: Collection,
  bounds: ReadonlyMap<string, PathBounds>,
  ctx: EvalContext,
): ReadonlySet<string> | undefined {
  const values = bounds.get('_id')?.eq;
  if (!values || !sameCollation(collection.collation, ctx.collation)) return undefined;
  if (!values.every((value) => !Array.isArray(value) && !isRegex(value) && !isDocument(value)))
    return undefined;
  return new Set(values.map((value) => collection.keyOf(value)));
}

function* byKeys(view: View, collection: Collection, keys: Iterable<string>): Generator<[string, Document]> {
  for (const key of keys) {
    const doc = view.get(collection, key);
    if (doc) yield [key, doc];
  }
}

function keysOf(plan: Plan, divergent: ReadonlySet<string>): Iterable<string> {
  const once = plan.ranges.length === 1 && !plan.index.multikey && divergent.size === 0;
  return once ? scanRanges(plan) : new Set([...scanRanges(plan), ...divergent]);
}

function* scanRanges({ index, ranges, descending }: Plan): Generator<string> {
  for (const range of ranges) yield* index.scan(range, descending);
}

function isReversed(sort: Document | undefined): boolean {
  return sort !== undefined && Number(sort.$natural ?? 0) < 0;
}
