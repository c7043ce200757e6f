import fc from 'fast-check';
import { CommandError } from '../errors.js';
import { applyDescription } from '../testing/apply-description.js';
import { FIELD_NAMES, deepFreeze } from '../testing/arbitraries.js';
import {
  changeSets,
  plainDocuments as documents,
  plainValues,
  toUpdate,
} from '../testing/change-arbitraries.js';
import { held, plain } from '../testing/held.js';
import { Refused, naiveUpdate } from '../testing/naive-update.js';
import type { Document } from '../values/index.js';
import {
  applyUpdate,
  describeUpdate,
  type Update,
  type UpdateDescription,
  type UpdateResult,
} from './index.js';

const ctx = { now: new Date(0) };

/** `$push` and `$addToSet` read `{$each}`; the plain values have no such field. */
function outcome<T>(run: () => T): T | 'refused' {
  try {
    return run();
  } catch (error) {
    if (error instanceof CommandError || error instanceof Refused) return 'refused';
    throw error;
  }
}

const shown = (description: UpdateDescription): UpdateDescription =>
  plain({ ...description }) as unknown as UpdateDescription;

function update(doc: Document, spec: Update): UpdateResult | 'refused' {
  return outcome(() => applyUpdate(deepFreeze(held(doc)), spec, ctx));
}

describe('updates by operators', () => {
  it('do what the naive updater does, and refuse what it refuses', () => {
    let applied = 0;
    fc.assert(
      fc.property(documents, changeSets, (doc, list) => {
        const expected = outcome(() => naiveUpdate(doc, list));
        const result = update(doc, toUpdate(list));
        applied += Number(result !== 'refused' && result.changed);
        expect(result === 'refused' ? result : plain(result.doc)).toEqual(expected);
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
        const description = describeUpdate(held(doc), result.doc, result.touched);
        expect(applyDescription(doc, shown(description))).toEqual(plain(result.doc));
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
        expect(plain(result.doc)).toEqual(after);
        expect(applyDescription(before, shown(describeUpdate(held(before), result.doc)))).toEqual(after);
      }),
      { numRuns: 2000 },
    );
  });

  it('set the same fields as the operator $set', () => {
    fc.assert(
      fc.property(documents, fc.constantFrom(...FIELD_NAMES), plainValues, (doc, name, value) => {
        const byOperator = update(doc, { $set: { [name]: value } });
        expect(update(doc, [{ $set: { [name]: { $literal: value } } }])).toMatchObject({
          doc: byOperator === 'refused' ? {} : byOperator.doc,
        });
      }),
      { numRuns: 500 },
    );
  });
});
