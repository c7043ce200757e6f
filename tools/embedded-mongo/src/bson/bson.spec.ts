import { Double } from 'bson';
import fc from 'fast-check';
import { rawDocument, rawDocuments } from '../testing/raw-documents.js';
import { codeOf } from '../testing/code-of.js';
import { held } from '../testing/held.js';
import { decode, encode, encodedSize } from './index.js';

describe('BSON in memory', () => {
  it('gives back the bytes it was made of', () => {
    fc.assert(
      fc.property(rawDocuments, (bytes) => {
        expect(encode(decode(bytes)).equals(bytes)).toBe(true);
        expect(encodedSize(decode(bytes))).toBe(bytes.length);
      }),
      { numRuns: 5000 },
    );
  });

  it('keeps the type of a value that makes the buffer grow', () => {
    for (let size = 16; size < 2 ** 22; size *= 2) {
      const doc = { first: { text: 'x'.repeat(size) }, second: { text: 'y'.repeat(size) } };
      expect(decode(encode(doc))).toEqual(decode(encode(doc)));
      expect(Object.keys(decode(encode(doc)))).toEqual(['first', 'second']);
    }
  });

  it('shares no memory with what it was made of', () => {
    fc.assert(
      fc.property(rawDocuments, (bytes) => {
        const copy = Buffer.from(bytes);
        const doc = decode(copy);
        copy.fill(0x55);
        expect(encode(doc).equals(bytes)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('tells a whole double from an int32', () => {
    expect(held({ a: 5, b: new Double(5), c: 5.5, d: -0, e: 5n })).toEqual({
      a: 5,
      b: new Double(5),
      c: 5.5,
      d: -0,
      e: 5n,
    });
  });

  it('refuses what is cut off or does not add up', () => {
    const doc = rawDocument([
      ['a', { type: 0x02, bytes: Buffer.from('0200000078', 'hex') }],
      ['b', { type: 0x10, bytes: Buffer.alloc(4) }],
    ]);
    for (let length = 0; length < doc.length; length++) {
      expect(codeOf(() => decode(doc.subarray(0, length)))).toBe(22);
    }
    const unknownType = rawDocument([['a', { type: 0x20, bytes: Buffer.alloc(0) }]]);
    expect(codeOf(() => decode(unknownType))).toBe(22);
  });

  it('leaves out what is undefined, and holds null for it in arrays', () => {
    expect(held({ a: undefined, b: [undefined] })).toEqual({ b: [null] });
  });
});
