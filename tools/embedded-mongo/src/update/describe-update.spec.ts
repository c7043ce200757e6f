import type { Document } from '../values/index.js';
import { applyUpdate, describeUpdate, type Update, type UpdateDescription } from './index.js';

function describeChange(doc: Document, update: Update): UpdateDescription {
  const result = applyUpdate(doc, update, { now: new Date(0) });
  return describeUpdate(doc, result.doc, result.touched);
}

const description = (parts: Partial<UpdateDescription>): UpdateDescription => ({
  updatedFields: {},
  removedFields: [],
  truncatedArrays: [],
  ...parts,
});

describe('update descriptions', () => {
  it.each<[string, Document, Update, Partial<UpdateDescription>]>([
    ['a field set', { a: 1 }, { $set: { a: 2 } }, { updatedFields: { a: 2 } }],
    [
      'a field created with its parents',
      {},
      { $set: { 'a.b.c': 1 } },
      { updatedFields: { a: { b: { c: 1 } } } },
    ],
    ['a field created in a document', { a: {} }, { $set: { 'a.b': 1 } }, { updatedFields: { 'a.b': 1 } }],
    ['an element appended', { a: [1] }, { $push: { a: 2 } }, { updatedFields: { 'a.1': 2 } }],
    ['the first element', { a: [] }, { $push: { a: 2 } }, { updatedFields: { a: [2] } }],
    ['an array rewritten', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { updatedFields: { a: [2] } }],
    ['a field removed', { a: 1, b: { c: 1 } }, { $unset: { 'b.c': '' } }, { removedFields: ['b.c'] }],
    ['a field renamed', { a: 1 }, { $rename: { a: 'b' } }, { updatedFields: { b: 1 }, removedFields: ['a'] }],
    ['nothing', { a: 1 }, { $set: { a: 1 } }, {}],
    [
      'a pipeline that changes a nested field',
      { a: { b: 1, c: 1 } },
      [{ $set: { 'a.b': 2 } }],
      { updatedFields: { 'a.b': 2 } },
    ],
    [
      'a pipeline that shortens an array',
      { a: [1, 2, 3] },
      [{ $set: { a: { $slice: ['$a', 2] } } }],
      { truncatedArrays: [{ field: 'a', newSize: 2 }] },
    ],
    ['a pipeline that empties an array', { a: [1] }, [{ $set: { a: [] } }], { updatedFields: { a: [] } }],
    ['a pipeline that removes', { a: 1, b: 1 }, [{ $unset: 'a' }], { removedFields: ['a'] }],
    [
      'a numeric field name',
      { a: { '0': 1 } },
      { $set: { 'a.0': 2 } },
      { updatedFields: { 'a.0': 2 }, disambiguatedPaths: { 'a.0': ['a', '0'] } },
    ],
    [
      'a name with a dot',
      {},
      [{ $replaceWith: { $setField: { field: 'x.y', input: '$$ROOT', value: 1 } } }],
      { updatedFields: { 'x.y': 1 }, disambiguatedPaths: { 'x.y': ['x.y'] } },
    ],
  ])('%s', (_name, doc, update, expected) => {
    expect(describeChange({ _id: 1, ...doc }, update)).toEqual(description(expected));
  });

  it('names fields in lexicographic order', () => {
    const { updatedFields } = describeChange({ _id: 1, z: 0 }, { $set: { c: 1, z: 1, a: 1 } });
    expect(Object.keys(updatedFields)).toEqual(['a', 'c', 'z']);
  });
});
