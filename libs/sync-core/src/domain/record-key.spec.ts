import * as fc from 'fast-check';
import { KEY_TYPES, InvalidKeyError, type EntityDefinition, type KeyType } from './entity.js';
import type { Json } from './json.js';
import { keyOfValue, keyValue, MAX_KEY_LENGTH } from './record-key.js';
import { USERS } from './users.js';

const SEED = Number(process.env.CORE_SEED ?? 20_261_127);
const RUNS = { seed: SEED, numRuns: 500 };

const typed = (keyType: KeyType): EntityDefinition => ({
  ...USERS,
  name: 'things',
  keyField: '_id',
  keyType,
  normalizeKey: (raw) => {
    if (typeof raw !== 'string') throw new InvalidKeyError('no text');
    return raw;
  },
});
const keyIn = (entity: EntityDefinition, value: Json | undefined) => {
  const found = keyOfValue(entity, value);
  return 'key' in found ? found.key : null;
};

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const uuid = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join('-'));
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** Values of each type, in JSON form. */
const VALUES: Readonly<Record<KeyType, fc.Arbitrary<Json>>> = {
  string: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  number: fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: Number.MAX_SAFE_INTEGER - 3, max: Number.MAX_SAFE_INTEGER }),
    fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 53 + 2, 2 ** 62, 1e21, 1.5, 1e-7),
    long.map((value) => ({ $numberLong: value.toString() })),
  ),
  objectId: hex(24).map((text) => ({ $oid: text })),
  uuid: uuid.map((text) => ({ $uuid: text })),
};

/** Whether Mongo's unique index takes two keys for equal. */
function isEqualInMongo(a: Json, b: Json): boolean {
  const exact = (value: Json): string => {
    const boxed = value as { $numberLong?: string };
    if (boxed.$numberLong !== undefined) return BigInt(boxed.$numberLong).toString();
    if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value).toString() : String(value);
    return JSON.stringify(value);
  };
  return exact(a) === exact(b);
}

describe(`record keys (seed ${SEED})`, () => {
  it.each(KEY_TYPES)(
    'of type %s: two keys have one text exactly when Mongo takes them for equal',
    (keyType) => {
      const entity = typed(keyType);
      const near = fc.tuple(VALUES[keyType], VALUES[keyType]);
      fc.assert(
        fc.property(near, ([a, b]) => {
          const [x, y] = [keyIn(entity, a), keyIn(entity, b)];
          expect(x).not.toBeNull();
          expect(x === y).toBe(isEqualInMongo(a, b));
        }),
        RUNS,
      );
    },
  );

  it.each(KEY_TYPES)('of type %s: a text stands for the value that it was made of', (keyType) => {
    const entity = typed(keyType);
    fc.assert(
      fc.property(VALUES[keyType], (value) => {
        const key = keyIn(entity, value) ?? '';
        const back = keyValue(entity, key);
        expect(isEqualInMongo(back, value)).toBe(true);
        expect(keyIn(entity, back)).toBe(key);
      }),
      RUNS,
    );
  });

  it('numbers beyond 2^53 keep all their digits, as a long and as the double that equals it', () => {
    const entity = typed('number');
    const text = '9007199254740992';
    expect(keyIn(entity, 2 ** 53)).toBe(text);
    expect(keyIn(entity, { $numberLong: text })).toBe(text);
    expect(keyIn(entity, { $numberLong: '9007199254740993' })).toBe('9007199254740993');
    expect(keyValue(entity, '9007199254740993')).toEqual({ $numberLong: '9007199254740993' });
    expect(keyIn(entity, { $numberLong: '5' })).toBe(keyIn(entity, 5));
  });

  it.each<[KeyType, Json | undefined, string]>([
    ['string', undefined, 'missing-key'],
    ['string', null, 'missing-key'],
    ['string', '', 'missing-key'],
    ['string', 7, 'wrong-key-type'],
    ['string', { $oid: '0'.repeat(24) }, 'wrong-key-type'],
    ['string', ['a'], 'wrong-key-type'],
    ['string', 'x'.repeat(MAX_KEY_LENGTH + 1), 'invalid-key'],
    ['number', '7', 'wrong-key-type'],
    ['number', true, 'wrong-key-type'],
    ['number', { $numberDecimal: '7' }, 'wrong-key-type'],
    ['number', { $numberLong: '7', more: 1 }, 'wrong-key-type'],
    ['objectId', '0'.repeat(24), 'wrong-key-type'],
    ['objectId', { $oid: 'A'.repeat(24) }, 'wrong-key-type'],
    ['objectId', { $oid: '0'.repeat(23) }, 'wrong-key-type'],
    ['uuid', { $uuid: 'no' }, 'wrong-key-type'],
    ['uuid', { $uuid: ['x'] }, 'wrong-key-type'],
  ])('of type %s: %j is none: %s', (keyType, value, reason) => {
    expect(keyOfValue(typed(keyType), value)).toEqual({ reason });
  });

  it('of users are e-mail addresses in their normal form', () => {
    expect(keyOfValue(USERS, 'ada@example.org')).toEqual({ key: 'ada@example.org' });
    expect(keyOfValue(USERS, 'CaSe@example.org ')).toEqual({ reason: 'key-not-normal' });
    expect(keyOfValue(USERS, 'nobody')).toEqual({ reason: 'invalid-key' });
  });

  it('passes on what is wrong with the definition', () => {
    const normalizeKey = () => {
      throw new TypeError('broken');
    };
    expect(() => keyOfValue({ ...USERS, normalizeKey }, 'a@b.c')).toThrow(TypeError);
  });
});
