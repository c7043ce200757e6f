import { UUID } from 'bson';
import fc from 'fast-check';
import { compileSort } from '../query/index.js';
import type { Document } from '../values/index.js';
import { Collection } from './collection.js';
import { Data } from './data.js';
import { DirectWorkspace } from './direct-workspace.js';
import { findDocuments } from './find-documents.js';

const ctx = { now: new Date(0) };

const scalar = fc.oneof(
  fc.integer({ min: 0, max: 6 }),
  fc.constantFrom('a', 'b', 'c'),
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: 0, max: 5 }).map((n) => new Date(n)),
);
const field = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
);
const document = fc.record(
  { a: field, b: scalar, c: fc.record({ d: field }, { requiredKeys: [] }) },
  { requiredKeys: [] },
);
const condition = fc.oneof(
  scalar,
  fc.record({ $gt: scalar, $lt: scalar }, { requiredKeys: [] }),
  fc.record({ $gte: scalar, $lte: scalar }, { requiredKeys: ['$gte'] }),
  fc.array(scalar, { maxLength: 3 }).map((values) => ({ $in: values })),
  fc.constant({ $exists: false }),
  fc.constant({ $ne: 3 }),
);
const filter = fc.record({ a: condition, b: condition, 'c.d': condition }, { requiredKeys: [] }).filter(
  // An empty operator document is an equality with {}, which no document here has.
  (value) =>
    Object.values(value).every(
      (part) => !(part && typeof part === 'object' && Object.keys(part).length === 0),
    ),
);
const INDEXES: readonly Record<string, number>[] = [
  { a: 1 },
  { b: -1 },
  { a: 1, b: 1 },
  { b: 1, a: -1 },
  { 'c.d': 1, b: 1 },
];

function collectionOf(
  docs: readonly Document[],
  indexed: boolean,
  sparse = false,
): { data: Data; collection: Collection } {
  const data = new Data();
  const collection = new Collection({ db: 'd', name: 'c' }, new UUID());
  data.catalog.attach(collection);
  if (indexed) {
    for (const [i, key] of INDEXES.entries()) {
      collection.addIndex({ v: 2, key, name: `i${i}`, ...(sparse && { sparse: true }) });
    }
  }
  docs.forEach((doc, i) => {
    collection.put(collection.keyOf(i), { _id: i, ...doc });
  });
  return { data, collection };
}

function idsFound(
  docs: readonly Document[],
  search: { filter: Document; sort?: Document },
  kind: 'scan' | 'index' | 'sparse',
) {
  const { data, collection } = collectionOf(docs, kind !== 'scan', kind === 'sparse');
  return findDocuments(new DirectWorkspace(data), collection, search, ctx).map(({ doc }) => doc);
}

describe('findDocuments', () => {
  it.each(['index', 'sparse'] as const)('finds the same with an %s as without', (kind) => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 25 }), filter, (docs, query) => {
        const byId = (found: Document[]) => found.map((doc) => doc._id as number).sort((a, b) => a - b);
        expect(byId(idsFound(docs, { filter: query }, kind))).toEqual(
          byId(idsFound(docs, { filter: query }, 'scan')),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('gives the order that was asked for, from an index or by sorting', () => {
    const sort = fc.constantFrom<Record<string, number>>(
      { a: 1 },
      { b: 1 },
      { b: -1 },
      { b: 1, a: -1 },
      { a: -1, b: -1 },
      { _id: -1 },
    );
    fc.assert(
      fc.property(fc.array(document, { maxLength: 25 }), filter, sort, (docs, query, order) => {
        const compare = compileSort(order);
        const found = idsFound(docs, { filter: query, sort: order }, 'index');
        found.forEach((doc, i) => {
          if (i > 0) expect(compare(found[i - 1] ?? {}, doc)).toBeLessThanOrEqual(0);
        });
        expect(found).toHaveLength(idsFound(docs, { filter: query }, 'scan').length);
      }),
      { numRuns: 300 },
    );
  });

  it('looks only at the documents a range of _id leaves', () => {
    const { data, collection } = collectionOf(
      Array.from({ length: 5_000 }, () => ({})),
      false,
    );
    const workspace = new DirectWorkspace(data);
    let looked = 0;
    const counting = Object.assign(Object.create(workspace) as DirectWorkspace, {
      get: (of: Collection, key: string) => {
        looked += 1;
        return workspace.get(of, key);
      },
      scan: () => {
        throw new Error('a full scan was not expected');
      },
    });
    const search = { filter: { _id: { $gt: 4_000 } }, sort: { _id: 1 }, limit: 10 };
    const found = findDocuments(counting, collection, search, ctx);
    expect(found.map(({ doc }) => doc._id)).toEqual([
      4001, 4002, 4003, 4004, 4005, 4006, 4007, 4008, 4009, 4010,
    ]);
    expect(looked).toBe(10);
  });
});
