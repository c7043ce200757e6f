import { indexKeys } from './index-keys.js';

const keys = (doc: Record<string, unknown>, ...paths: string[]) =>
  indexKeys(
    doc,
    paths.map((path) => path.split('.')),
  );

describe('indexKeys', () => {
  it('takes one value per path, undefined where there is none', () => {
    expect(keys({ a: 1, b: { c: null } }, 'a', 'b.c', 'd', 'a.x')).toEqual({
      keys: [[1, null, undefined, undefined]],
      multikey: false,
    });
  });

  it('gives one key per array element', () => {
    expect(keys({ a: [1, 2], b: 3 }, 'a', 'b')).toEqual({
      keys: [
        [1, 3],
        [2, 3],
      ],
      multikey: true,
    });
  });

  it('takes paths through one array from the same element', () => {
    const doc = { items: [{ sku: 'a', n: 1 }, { sku: 'b' }, 5] };
    expect(keys(doc, 'items.sku', 'items.n').keys).toEqual([
      ['a', 1],
      ['b', undefined],
      [undefined, undefined],
    ]);
  });

  it('reads a numeric part as an element', () => {
    expect(keys({ a: [{ b: 1 }, { b: 2 }] }, 'a.1.b')).toEqual({ keys: [[2]], multikey: false });
  });

  it('tells an empty array from a missing field', () => {
    expect(keys({ a: [] }, 'a').keys).toEqual([[[]]]);
    expect(keys({ a: [] }, 'a.b').keys).toEqual([[undefined]]);
    expect(keys({}, 'a').keys).toEqual([[undefined]]);
  });

  it('indexes an array within an array as a whole', () => {
    expect(keys({ a: [[1, 2], 3] }, 'a').keys).toEqual([[[1, 2]], [3]]);
  });

  it('refuses two arrays in one key', () => {
    expect(() => keys({ a: [1, 2], b: [3, 4] }, 'a', 'b')).toThrow('cannot index parallel arrays');
  });
});
