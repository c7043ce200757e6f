import { BSONRegExp } from 'bson';
import { codeOf } from '../testing/code-of.js';
import { toRegExp } from './index.js';

const test = (pattern: string, options: string, text: string): boolean =>
  toRegExp(new BSONRegExp(pattern, options)).test(text);

describe('regular expressions', () => {
  it.each<[string, string, string, boolean]>([
    ['^ab', '', 'abc', true],
    ['^AB', 'i', 'abc', true],
    ['(?i)^AB', '', 'abc', true],
    ['b$', '', 'ab\n', true],
    ['b$', '', 'ab\nc', false],
    ['b$', 'm', 'ab\nc', true],
    ['\\Aab\\z', '', 'ab', true],
    ['\\Aab\\z', '', 'ab\n', false],
    ['a.b', '', 'a\nb', false],
    ['a.b', 's', 'a\nb', true],
    ['a b # comment\nc', 'x', 'abc', true],
    ['a\\-b\\@c', '', 'a-b@c', true],
    ['[\\w.+-]+@[a-z\\-]+\\.com', '', 'x.y+z@some-host.com', true],
    ['[]a]', '', ']', true],
    ['[^]a]', '', ']', false],
    ['^\u{1f600}.$', '', '\u{1f600}\u{1f600}', true],
  ])('/%s/%s on %j is %p', (pattern, options, text, expected) => {
    expect(test(pattern, options, text)).toBe(expected);
  });

  it.each(['(', '[[:alpha:]]', '(?>a)', 'a++', '\\Qa\\E', '(?P<n>a)'])(
    'refuses /%s/ instead of reading it as JS',
    (pattern) => {
      expect(codeOf(() => test(pattern, '', ''))).toBe(51091);
    },
  );

  it('refuses unknown options', () => {
    expect(codeOf(() => toRegExp('a', 'q'))).toBe(51108);
  });
});
