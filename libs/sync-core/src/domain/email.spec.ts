import { MAX_EMAIL_LENGTH, normalizeEmail } from './email.js';
import { InvalidKeyError } from './entity.js';

const local64 = 'l'.repeat(64);
const label63 = 'h'.repeat(63);
/** 254 characters: 64 + @ + 3 × 63 labels cut to fit. */
const longest = `${local64}@${label63}.${label63}.${'h'.repeat(61)}`;

describe('normalizeEmail', () => {
  it.each([
    [' Ada@Example.ORG\t', 'ada@example.org'],
    ["a.b!#$%&'+/=^_`|~-c@x.org", "a.b!#$%&'+/=^_`|~-c@x.org"],
    ['0@1.2', '0@1.2'],
    ['a@a-b.c-d.org', 'a@a-b.c-d.org'],
    [`${local64}@x.org`, `${local64}@x.org`],
    [`a@${label63}.org`, `a@${label63}.org`],
    [`a@x.${label63}`, `a@x.${label63}`],
    [longest, longest],
    [`${' '.repeat(MAX_EMAIL_LENGTH)}${longest}`, longest],
  ])('takes %j', (raw, email) => {
    expect(normalizeEmail(raw)).toBe(email);
  });

  it.each([
    '',
    'ada',
    'example.org',
    '@example.org',
    'ada@',
    'ada@example',
    'a b@example.org',
    'ada@exa mple.org',
    '.ada@example.org',
    'ada.@example.org',
    'a..b@example.org',
    'a@b@example.org',
    'ada@.org',
    'ada@example.',
    'ada@example..org',
    'ada@-x.org',
    'ada@x-.org',
    'ada@x.-y',
    'ada@x.y-',
    'ada@x_y.org',
    'ada@[127.0.0.1]',
    '"ada"@example.org',
    'a*@example.org',
    'a{b}@example.org',
    'ädа@example.org',
    'ada@example.org\nx',
    'x\nada@example.org',
    `l${local64}@x.org`,
    `a@h${label63}.org`,
    `a@x.h${label63}`,
  ])('refuses %j as no e-mail address', (raw) => {
    expect(() => normalizeEmail(raw)).toThrow(
      new InvalidKeyError('email must be an e-mail address such as ada@example.org'),
    );
  });

  it.each([`x${longest}`, ' '.repeat(2 * MAX_EMAIL_LENGTH) + 'ada@example.org', 'x'.repeat(10_000)])(
    'refuses what is too long',
    (raw) => {
      expect(() => normalizeEmail(raw)).toThrow(
        new InvalidKeyError('email must have at most 254 characters'),
      );
    },
  );

  it('looks at twice the length, so that white space around it does no harm', () => {
    const padded = 'ada@example.org'.padEnd(2 * MAX_EMAIL_LENGTH);
    expect(normalizeEmail(padded)).toBe('ada@example.org');
    expect(() => normalizeEmail(`${padded} `)).toThrow('at most');
  });

  it.each([undefined, null, 7, {}, ['ada@example.org'], { $gt: '' }])(
    'refuses %j, which is no string',
    (raw) => {
      expect(() => normalizeEmail(raw)).toThrow(new InvalidKeyError('email must be a string'));
    },
  );

  it('gives its errors a name', () => {
    expect(new InvalidKeyError('x').name).toBe('InvalidKeyError');
  });
});
