import { codeOf } from '../testing/code-of.js';
import { parseCollation } from './index.js';

describe('collations', () => {
  const keysEqual = (spec: object, a: string, b: string): boolean => {
    const collation = parseCollation(spec)!;
    expect(collation.compare(a, b) === 0).toBe(collation.key(a) === collation.key(b));
    return collation.key(a) === collation.key(b);
  };

  it('strength 1 ignores case and accents', () => {
    expect(keysEqual({ locale: 'en', strength: 1 }, 'RESUME', 'résumé')).toBe(true);
    expect(keysEqual({ locale: 'de', strength: 1 }, 'straße', 'STRASSE')).toBe(true);
  });

  it('strength 2 ignores case only', () => {
    expect(keysEqual({ locale: 'en', strength: 2 }, 'Ada', 'aDA')).toBe(true);
    expect(keysEqual({ locale: 'en', strength: 2 }, 'resume', 'résumé')).toBe(false);
  });

  it('strength 3, the default, tells case apart', () => {
    expect(keysEqual({ locale: 'en' }, 'a', 'A')).toBe(false);
  });

  it('numericOrdering compares digits as numbers', () => {
    expect(parseCollation({ locale: 'en', numericOrdering: true })!.compare('a10', 'a9')).toBeGreaterThan(0);
  });

  it('simple and none are no collation', () => {
    expect(parseCollation(undefined)).toBeUndefined();
    expect(parseCollation({ locale: 'simple' })).toBeUndefined();
  });

  it.each([
    [{ locale: 'not a locale' }, 2],
    [{ locale: 'xx_nowhere@collation=nonsense' }, 2],
    [{ strength: 1 }, 40414],
    [{ locale: 'en', colour: 'red' }, 40415],
    [{ locale: 'en', strength: 9 }, 51024],
    [{ locale: 'en', strength: 4 }, 238],
    [{ locale: 'fr', backwards: true }, 238],
    ['en', 14],
  ])('refuses %j with code %i', (spec, code) => {
    expect(codeOf(() => parseCollation(spec))).toBe(code);
  });
});
