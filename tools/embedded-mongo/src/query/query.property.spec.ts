import fc from 'fast-check';
import { deepFreeze, documents, paths } from '../testing/arbitraries.js';
import { filters } from '../testing/filter-arbitraries.js';
import { held } from '../testing/held.js';
import { naiveMatch } from '../testing/naive-filter.js';
import { compareValues, keyString, type Document } from '../values/index.js';
import { compileFilter, compileSort, filterBounds, walkPath } from './index.js';

const ctx = { now: new Date(0) };

describe('filters', () => {
  it('match what the naive matcher matches', () => {
    let matched = 0;
    fc.assert(
      fc.property(filters, documents, (filter, doc) => {
        const expected = naiveMatch(filter, doc);
        matched += Number(expected);
        expect(compileFilter(deepFreeze(filter), ctx)(deepFreeze(held(doc)))).toBe(expected);
      }),
      { numRuns: 6000 },
    );
    expect(matched).toBeGreaterThan(600);
  });

  it('match only documents within their bounds', () => {
    fc.assert(
      fc.property(filters, documents.map(held), (filter, doc) => {
        if (!compileFilter(filter, ctx)(doc)) return;
        for (const [path, { eq, lower, upper }] of filterBounds(filter)) {
          const keys = indexKeys(doc, path);
          const holds = (test: (key: unknown) => boolean): void => expect(keys.some(test)).toBe(true);
          if (eq) holds((key) => eq.some((value) => keyString(value) === keyString(key)));
          if (lower) holds((key) => compareValues(key, lower.value) >= (lower.inclusive ? 0 : 1));
          if (upper) holds((key) => compareValues(key, upper.value) <= (upper.inclusive ? 0 : -1));
        }
      }),
      { numRuns: 4000 },
    );
  });
});

/** The keys of a multikey index: the values at the path and the elements of arrays there. */
function indexKeys(doc: Document, path: string): unknown[] {
  const keys: unknown[] = [];
  walkPath(doc, path, (value) => {
    keys.push(...(Array.isArray(value) ? (value as unknown[]) : []), value);
  });
  return keys;
}

const sorts = fc
  .uniqueArray(fc.tuple(paths, fc.constantFrom(1, -1)), {
    minLength: 1,
    maxLength: 3,
    selector: ([path]) => path,
  })
  .map((entries) => Object.fromEntries(entries) as Record<string, 1 | -1>);

const EMPTY = { emptyArray: true };

/** The least (or greatest) of everything at the path. */
function naiveSortKey(doc: Document, path: string, direction: 1 | -1): unknown {
  const keys: unknown[] = [];
  walkPath(doc, path, (value, _index, expandable) => {
    if (!expandable || !Array.isArray(value)) keys.push(value ?? null);
    else keys.push(...(value.length > 0 ? (value as unknown[]) : [EMPTY]));
  });
  if (keys.length === 0) return null;
  return keys.reduce((best, key) => (direction * naiveOrder(key, best) < 0 ? key : best));
}

function naiveOrder(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === EMPTY) return -1;
  return b === EMPTY ? 1 : compareValues(a, b);
}

describe('sorting', () => {
  it('is stable and orders by the least or greatest element', () => {
    fc.assert(
      fc.property(sorts, fc.array(documents, { maxLength: 8 }), (spec, docs) => {
        const before = docs.slice();
        const after = deepFreeze(docs.slice()).toSorted(compileSort(spec));
        expect(new Set(after)).toEqual(new Set(before));
        for (let i = 1; i < after.length; i++) {
          const [a, b] = [after[i - 1]!, after[i]!];
          const orders = Object.entries(spec).map(
            ([path, direction]) =>
              direction * naiveOrder(naiveSortKey(a, path, direction), naiveSortKey(b, path, direction)),
          );
          const first = Math.sign(orders.find((order) => order !== 0) ?? 0);
          expect(first).toBeLessThanOrEqual(0);
          if (first === 0) expect(before.indexOf(a)).toBeLessThan(before.indexOf(b));
        }
      }),
      { numRuns: 1500 },
    );
  });
});
