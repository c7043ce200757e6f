import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWith, redisUnavailableReason, startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect, readLua } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import * as fc from 'fast-check';
import { scriptFile } from './scripts.js';

const SCRIPT = `${readLua(scriptFile('includes/strict-json'))}
local members, reason = read_object(ARGV[1], 32, function() end)
if not members then return reason end
local list = {}
for name, text in pairs(members) do list[#list + 1] = { name, text } end
return list`;

type Member = [name: string, text: string];

describeWith(describe, redisUnavailableReason())('strict-json.lua', () => {
  let server: Awaited<ReturnType<typeof startPrivateRedis>>;
  let redis: Redis;
  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = connect({ url: server.url, profile: 'commands' });
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** The members, or what is wrong. */
  const read = (text: string | Buffer) => redis.eval(SCRIPT, 0, text) as Promise<string | Member[]>;
  const sorted = (members: readonly Member[]) => Object.fromEntries([...members].sort());

  it('names the members with their texts', async () => {
    const text = ' {"a" : [1, {"x":[ ]}] ,"\\u0062\\n":"}\\"",\n"":-0.5e-3,"ü😀": null } ';
    expect(sorted((await read(text)) as Member[])).toEqual({
      a: '[1, {"x":[ ]}]',
      'b\n': '"}\\""',
      '': '-0.5e-3',
      'ü😀': 'null',
    });
    expect(await read('{}')).toEqual([]);
  });

  it.each([
    ['NaN', 'no value'],
    ['Infinity', 'no value'],
    ['-Infinity', 'no value'],
    ['0x1F', 'no , or }'],
    ['007', 'no , or }'],
    ['1.', 'no , or }'],
    ['.5', 'no value'],
    ['+1', 'no value'],
    ['1e', 'no , or }'],
    ['1e400', 'too large'],
    ['-1e400', 'too large'],
    ['123456789012345678901234567890', 'too large'],
    ['9007199254740992', 'too large'],
    ['1.5e300', 'too large'],
    ['-0', 'zero with a minus'],
    ['-0.0e5', 'zero with a minus'],
    ["'a'", 'no value'],
    ['tru', 'no value'],
    ['nulll', 'no , or }'],
    ['', 'no value'],
    ['[1,]', 'no value'],
    ['[1 2]', 'no , or ]'],
    ['{"a":1,}', 'no name'],
    ['{a:1}', 'no name'],
    ['{"a" 1}', 'no :'],
    ['{"a":1,"\\u0061":2}', 'was there before'],
    ['"a', 'without an end'],
    ['"a\u0001b"', 'control character'],
    ['"a\nb"', 'control character'],
    ['"\\x"', 'no escape'],
    ['"\\u12g4"', 'no escape'],
    ['"\\ud800"', 'half of a surrogate pair'],
    ['"\\udc00"', 'half of a surrogate pair'],
    ['"\\ud800\\ud800"', 'half of a surrogate pair'],
    ['1/**/', 'no , or }'],
    [`${'['.repeat(32)}${']'.repeat(32)}`, 'deeper than 32'],
  ])('refuses %s', async (value, reason) => {
    expect(await read(`{"a":${value}}`)).toEqual(expect.stringContaining(reason));
  });

  it.each(['[]', '1', '""', '', '{}garbage', '{}{}', '\ufeff{}', '{', '\u00a0{}'])(
    'takes %j for no object',
    async (text) => {
      expect(await read(text)).toEqual(expect.stringMatching(/no object|behind the object|no name/));
    },
  );

  it.each([
    ['bytes that begin nothing', [0xff, 0xfe]],
    ['a continuation alone', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong NUL', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['what lies above the last character', [0xf4, 0x90, 0x80, 0x80]],
    ['a sequence that is cut', [0xe2, 0x82]],
    ['a sequence in the middle of another', [0xe2, 0xc3, 0xa4, 0x82, 0xac]],
  ])('refuses %s', async (_what, bytes) => {
    const text = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
    expect(await read(text)).toBe('no UTF-8');
  });

  it('reads what lies at the limits', async () => {
    const values = [
      '9007199254740991',
      '-9007199254740991',
      '1e-400',
      '5e-324',
      '"\\ud83d\\ude00"',
      '"\\u0000"',
      `${'['.repeat(31)}${']'.repeat(31)}`,
    ];
    for (const value of values) expect(await read(`{"a":${value}}`)).toEqual([['a', value]]);
  });

  it('takes a quarter of a mebibyte of anything in a time that grows with it, not with its square', async () => {
    for (const filler of [' ', '[', '\\\\', '"', '{"a":', 'ü', '1', '\\ud83d\\ude00']) {
      const text = `{"a":"${filler.repeat(Math.floor(262_000 / filler.length))}"}`;
      const startedAt = performance.now();
      await read(text);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }
  });

  it('takes exactly what JSON.parse takes, but for what cannot be kept', async () => {
    await fc.assert(
      fc.asyncProperty(texts(), async (text) => {
        const bytes = Buffer.from(text, 'utf8').toString('utf8'); // as it travels
        const answer = await read(bytes);
        const value = parsed(bytes);
        if (typeof answer === 'string')
          expect([value === undefined, mayRefuse(bytes, value)]).toContain(true);
        else {
          expect(isObject(value)).toBe(true);
          const texts = Object.entries(sorted(answer)).map(([name, text]) => [name, parsed(text)] as const);
          expect(Object.fromEntries(texts)).toEqual(value);
          expect(mayRefuse(bytes, value)).toBe(false);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** JSON texts, and such that somebody has meddled with. */
function texts(): fc.Arbitrary<string> {
  const json = fc
    .tuple(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 })),
      fc.constantFrom(0, 1, 2),
    )
    .map(([value, space]) => JSON.stringify(value, null, space));
  const fragment = fc.constantFrom(
    ...[
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      '\\u',
      'd83d',
      '0',
      '-',
      '1e',
      '.',
      ' ',
      '\n',
      '\0',
      'null',
      'NaN',
    ],
    ...[
      '\\ud83d\\ude00',
      '\\udc00',
      '{"a":1,"a":2}',
      '1e999',
      '-0',
      '00',
      'ü',
      '\u2028',
      '/',
      '12345678901234567890',
    ],
  );
  const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(3), put: fragment });
  return fc.tuple(json, fc.array(edit, { maxLength: 3 })).map(([text, edits]) =>
    edits.reduce((now, { at, cut, put }) => {
      const from = Math.floor(at * now.length);
      return now.slice(0, from) + put + now.slice(from + cut);
    }, text),
  );
}

/** `undefined`: no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether something in it cannot be kept as it is. */
function mayRefuse(text: string, value: unknown): boolean {
  return !isObject(value) || hasOddValue(value) || membersIn(value) < colonsIn(text) || hasOddNumber(text);
}

function hasOddValue(value: unknown, depth = 1): boolean {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return false;
  if (depth > 32) return true;
  return Object.entries(value).some(([name, member]) => hasOddValue(name) || hasOddValue(member, depth + 1));
}

const withoutStrings = (text: string) => text.replace(/"(?:[^"\\]|\\.)*"/gs, '""');

/** Of which JSON.parse keeps the last of each name only. */
function colonsIn(text: string): number {
  return withoutStrings(text).split(':').length - 1;
}

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, member) => sum + membersIn(member), own);
}

function hasOddNumber(text: string): boolean {
  const numbers = withoutStrings(text).match(/-?[\d.]+(?:[eE][+-]?\d+)?/g) ?? [];
  return (
    numbers.some((digits) => {
      const number = Number(digits);
      return Object.is(number, -0) || (!Number.isSafeInteger(number) && !(number % 1));
    }) || numbers.some((digits) => !Number.isFinite(Number(digits)))
  );
}
