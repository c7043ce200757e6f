import fc from 'fast-check';
import { SortedList } from './sorted-list.js';

const byNumber = (a: number, b: number) => a - b;

describe('SortedList', () => {
  it('holds what a sorted array holds, whatever is added and removed', () => {
    const value = fc.integer({ min: 0, max: 5_000 });
    const steps = fc.array(fc.tuple(fc.boolean(), value), { maxLength: 400 });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3_000 }), steps, value, (initial, changes, from) => {
        const list = new SortedList<number>(byNumber);
        const model = new Set<number>();
        const add = (n: number) => {
          if (!model.has(n)) list.add(n);
          model.add(n);
        };
        initial.forEach(add);
        for (const [adds, n] of changes) {
          if (adds) add(n);
          else expect(list.delete(n)).toBe(model.delete(n));
        }
        const sorted = [...model].sort(byNumber);
        expect(list.size).toBe(sorted.length);
        expect([...list.ascending()]).toEqual(sorted);
        expect([...list.descending()]).toEqual([...sorted].reverse());
        expect([...list.ascending((n) => n >= from)]).toEqual(sorted.filter((n) => n >= from));
        expect([...list.descending((n) => n > from)]).toEqual(sorted.filter((n) => n <= from).reverse());
      }),
      { numRuns: 60 },
    );
  });

  it('filled at once holds the same', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { maxLength: 3_000 }), fc.integer(), (items, more) => {
        const list = new SortedList<number>(byNumber);
        list.add(7);
        list.fill([...items]);
        if (!items.includes(more)) list.add(more);
        expect([...list.ascending()]).toEqual([...new Set([...items, more])].sort(byNumber));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['rising', (i: number) => i],
    ['falling', (i: number) => 20_000 - i],
  ])('stays in order over many chunks, %s', (_, at) => {
    const list = new SortedList<number>(byNumber);
    for (let i = 0; i < 20_000; i++) list.add(at(i));
    const items = [...list.ascending()];
    expect(items).toHaveLength(20_000);
    expect(items).toEqual([...items].sort(byNumber));
  });
});
