import fc from 'fast-check';
import { setField, type Document } from '../values/index.js';
import { FIELD_NAMES } from './arbitraries.js';
import type { NaiveChange } from './naive-update.js';

/** Plain values: structuredClone and toEqual know them all. */
const plain = fc.letrec<{ value: unknown; doc: Document }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    { weight: 4, arbitrary: fc.constantFrom<unknown>(0, 1, 2, 'x', 'y', null, true, new Date(0)) },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    { weight: 2, arbitrary: tie('doc') },
  ),
  doc: fc.dictionary(fc.constantFrom(...FIELD_NAMES), tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));

export const plainValues: fc.Arbitrary<unknown> = plain.value;
export const plainDocuments = plain.doc.map((fields): Document => ({ _id: 1, ...fields }));

const paths = fc
  .tuple(
    fc.constantFrom(...FIELD_NAMES),
    fc.array(fc.constantFrom(...FIELD_NAMES, '0', '2'), { maxLength: 2 }),
  )
  .map(([first, rest]) => [first, ...rest].join('.'));

const changes: fc.Arbitrary<NaiveChange> = fc
  .tuple(
    paths,
    fc.oneof(
      fc.tuple(fc.constantFrom('$set', '$min', '$max', '$push', '$addToSet'), plain.value),
      fc.tuple(fc.constant('$inc'), fc.integer({ min: -2, max: 2 })),
      fc.tuple(fc.constant('$pop'), fc.constantFrom(1, -1)),
      fc.tuple(fc.constant('$pull'), fc.constantFrom<unknown>(0, 1, 'x', null)),
      fc.tuple(fc.constant('$unset'), fc.constant('')),
    ),
  )
  .map(([path, [operator, argument]]) => ({ operator, path, argument }));

/** Paths that neither repeat nor lie within each other, in the order they are applied in. */
export const changeSets = fc
  .array(changes, { minLength: 1, maxLength: 3 })
  .map((list) =>
    list
      .filter(({ path }, i) => list.every((other, k) => k >= i || !overlap(path, other.path)))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  );

const overlap = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

/** The changes as one update document. */
export function toUpdate(list: readonly NaiveChange[]): Document {
  const update: Document = {};
  for (const { operator, path, argument } of list) {
    update[operator] ??= {};
    setField(update[operator] as Document, path, argument);
  }
  return update;
}
