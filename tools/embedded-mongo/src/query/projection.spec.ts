import { codeOf } from '../testing/code-of.js';
import type { Document } from '../values/index.js';
import { compileProjection } from './index.js';

const now = new Date(0);
const doc = { _id: 1, a: { b: 1, c: 2 }, list: [{ x: 1, y: 2 }, 5, { x: 3 }], n: [1, 2, 3, 4], s: 'text' };
const project = (spec: Document, matched?: number): Document =>
  compileProjection(spec, { now })(doc, matched);

describe('projections', () => {
  it.each<[string, Document, Document]>([
    ['nothing', {}, doc],
    [
      'inclusion keeps _id and the order of fields',
      { s: 1, 'a.b': true },
      { _id: 1, a: { b: 1 }, s: 'text' },
    ],
    ['without _id', { s: 1, _id: 0 }, { s: 'text' }],
    ['only _id', { _id: 1 }, { _id: 1 }],
    ['nested form', { a: { c: 1 } }, { _id: 1, a: { c: 2 } }],
    ['through arrays', { 'list.x': 1 }, { _id: 1, list: [{ x: 1 }, { x: 3 }] }],
    ['exclusion', { a: 0, list: 0, n: 0 }, { _id: 1, s: 'text' }],
    ['exclusion through arrays', { 'list.x': 0, a: 0, n: 0, s: 0 }, { _id: 1, list: [{ y: 2 }, 5, {}] }],
    ['only without _id', { _id: 0, a: 0, list: 0, n: 0 }, { s: 'text' }],
    ['an expression', { sum: { $add: ['$a.b', 1] }, _id: 0 }, { sum: 2 }],
    ['a string is an expression', { copy: '$a.c', word: 'plain', _id: 0 }, { copy: 2, word: 'plain' }],
    ['a literal', { one: { $literal: 1 }, _id: 0 }, { one: 1 }],
    ['$slice keeps the rest', { n: { $slice: -2 }, a: 0, list: 0 }, { _id: 1, n: [3, 4], s: 'text' }],
    ['$slice from the end', { n: { $slice: [-3, 2] }, s: 1 }, { _id: 1, n: [2, 3], s: 'text' }],
    ['$elemMatch', { list: { $elemMatch: { x: 3 } } }, { _id: 1, list: [{ x: 3 }] }],
    ['$elemMatch without a match', { list: { $elemMatch: { x: 9 } } }, { _id: 1 }],
  ])('%s', (_name, spec, expected) => {
    const result = project(spec);
    expect(result).toEqual(expected);
    expect(Object.keys(result)).toEqual(Object.keys(expected));
  });

  it('gives the matched element', () => {
    expect(project({ 'n.$': 1 }, 2)).toEqual({ _id: 1, n: [3] });
    expect(codeOf(() => project({ 'n.$': 1 }))).toBe(51246);
  });

  it.each<[Document, number]>([
    [{ a: 1, s: 0 }, 31254],
    [{ a: 0, s: 1 }, 31253],
    [{ a: 1, 'a.b': 1 }, 31250],
    [{ a: { $meta: 'textScore' } }, 238],
    [{ a: {} }, 51270],
    [{ a: 0, b: { $add: [1, 1] } }, 31252],
    [{ 'a..b': 1 }, 15998],
    [{ a: { $nonsense: 1 } }, 168],
  ])('refuses %j with code %i', (spec, code) => {
    expect(codeOf(() => project(spec))).toBe(code);
  });
});
