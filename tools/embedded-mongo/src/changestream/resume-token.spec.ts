import fc from 'fast-check';
import { decodeToken, encodeToken, highWaterMark, type ResumeToken, type TokenKind } from './resume-token.js';

const token: fc.Arbitrary<ResumeToken> = fc.record({
  time: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  index: fc.integer({ min: 0, max: 0xffff_ffff }),
  kind: fc.constantFrom<TokenKind>('event', 'invalidate'),
});

describe('resume tokens', () => {
  it('read back as they were written', () => {
    fc.assert(
      fc.property(
        token,
        fc.option(fc.integer({ min: 0, max: 0xffff }), { nil: undefined }),
        (given, fragment) => {
          const whole = { ...given, ...(fragment !== undefined && { fragment }) };
          expect(decodeToken(encodeToken(whole))).toEqual(whole);
        },
      ),
    );
  });

  it('are in the order of the events, and the high-water mark comes after all of them', () => {
    fc.assert(
      fc.property(token, token, (a, b) => {
        const later = a.time > b.time || (a.time === b.time && a.index > b.index);
        if (later) expect(encodeToken(a)._data > encodeToken(b)._data).toBe(true);
        if (a.index < 0xffff_ffff) expect(encodeToken(a)._data < highWaterMark(a.time)._data).toBe(true);
      }),
    );
  });

  it.each([[undefined], [{}], [{ _data: 'nonsense' }], [{ _data: '' }], ['82']])('refuses %p', (value) => {
    expect(() => decodeToken(value)).toThrow('Bad resume token');
  });
});
