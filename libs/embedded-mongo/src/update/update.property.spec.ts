import fc from 'fast-check';
import { CommandError } from '../errors.js';
import { applyDescription } from '../testing/apply-description.js';
import { FIELD_NAMES, deepFreeze } from '../testing/arbitraries.js';
import { Refused, naiveUpdate, type NaiveChange } from '../testing/naive-update.js';
import { setField, type Document } from '../values/index.js';
import { applyUpdate, describeUpdate, type Update, type UpdateResult } from './index.js';

const ctx = { now: new Date(0) };

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

const documents = plain.doc.map((fields): Document => ({ _id: 1, ...fields }));
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
const changeSets = fc
  .array(changes, { minLength: 1, maxLength: 3 })
  .map((list) =>
    list
      .filter(({ path }, i) => list.every((other, k) => k >= i || !overlap(path, other.path)))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  );

const overlap = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

function toUpdate(list: readonly NaiveChange[]): Document {
  const update: Document = {};
  for (const { operator, path, argument } of list) {
    update[operator] ??= {};
    setField(update[operator] as Document, path, argument);
  }
  return update;
}

/** `$push` and `$addToSet` read `{$each}`; the plain values have no such field. */
function outcome<T>(run: () => T): T | 'refused' {
  try {
    return run();
  } catch (error) {
    if (error instanceof CommandError || error instanceof Refused) return 'refused';
    throw error;
  }
}

function update(doc: Document, spec: Update): UpdateResult | 'refused' {
  return outcome(() => applyUpdate(deepFreeze(doc), spec, ctx));
}

describe('updates by operators', () => {
  it('do what the naive updater does, and refuse what it refuses', () => {
    let applied = 0;
    fc.assert(
      fc.property(documents, changeSets, (doc, list) => {
        const expected = outcome(() => naiveUpdate(doc, list));
        const result = update(doc, toUpdate(list));
        applied += Number(result !== 'refused' && result.changed);
        expect(result === 'refused' ? result : result.doc).toEqual(expected);
      }),
      { numRuns: 4000 },
    );
    expect(applied).toBeGreaterThan(1000);
  });

  it('are described so that a reader can follow', () => {
    fc.assert(
      fc.property(documents, changeSets, (doc, list) => {
        const result = update(doc, toUpdate(list));
        if (result === 'refused') return;
        const description = describeUpdate(doc, result.doc, result.touched);
        expect(applyDescription(doc, description)).toEqual(result.doc);
        if (!result.changed) expect(description).toEqual(describeUpdate(doc, doc));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('updates by pipeline', () => {
  it('are described by the difference of the documents', () => {
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        const result = update(before, [{ $replaceWith: { $literal: after } }]);
        if (result === 'refused') throw new Error('refused');
        expect(result.doc).toEqual(after);
        expect(applyDescription(before, describeUpdate(before, result.doc))).toEqual(after);
      }),
      { numRuns: 2000 },
    );
  });

  it('set the same fields as the operator $set', () => {
    fc.assert(
      fc.property(documents, fc.constantFrom(...FIELD_NAMES), plain.value, (doc, name, value) => {
        const byOperator = update(doc, { $set: { [name]: value } });
        expect(update(doc, [{ $set: { [name]: { $literal: value } } }])).toMatchObject({
          doc: byOperator === 'refused' ? {} : byOperator.doc,
        });
      }),
      { numRuns: 500 },
    );
  });
});
