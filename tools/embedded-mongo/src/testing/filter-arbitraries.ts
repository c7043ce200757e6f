import fc from 'fast-check';
import type { Document } from '../values/index.js';
import { paths, scalars, values } from './arbitraries.js';

const simpleOperators: fc.Arbitrary<Document> = fc.oneof(
  fc.tuple(fc.constantFrom('$eq', '$ne', '$lt', '$lte', '$gt', '$gte'), fc.oneof(scalars, values)).map(pair),
  fc.tuple(fc.constantFrom('$in', '$nin', '$all'), fc.array(values, { maxLength: 3 })).map(pair),
  fc.boolean().map((wanted) => ({ $exists: wanted })),
  fc.nat(3).map((size) => ({ $size: size })),
);

function pair([name, argument]: [string, unknown]): Document {
  return { [name]: argument };
}

const conditions: fc.Arbitrary<Document> = fc.oneof(
  { weight: 5, arbitrary: simpleOperators },
  { weight: 1, arbitrary: simpleOperators.map((operators) => ({ $not: operators })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(paths, simpleOperators)
      .map(([path, operators]) => ({ $elemMatch: { [path]: operators } })),
  },
);

/** Filters over the fields of `documents`, a few conditions deep. */
export const filters: fc.Arbitrary<Document> = fc.letrec<{ filter: Document }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 1 },
    { weight: 5, arbitrary: fc.tuple(paths, conditions).map(pair) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.constantFrom('$and', '$or', '$nor'),
          fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
        )
        .map(pair),
    },
  ),
})).filter;
