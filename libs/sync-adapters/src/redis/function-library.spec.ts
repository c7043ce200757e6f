import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeWith, redisUnavailableReason, startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import {
  applyToRedis,
  eventFromImage,
  formatRecord,
  isJsonObject,
  normalizeEmail,
  parseEvent,
  payloadOf,
  USERS,
  validateProfile,
  type EntityDefinition,
  type Json,
  type JsonObject,
  type MongoImage,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import * as fc from 'fast-check';
import { loadFunctionLibrary } from './function-library.js';
import { KEYS, SYNC_GROUP } from './keys.js';
import { RedisCaptureJournal } from './redis-capture-journal.js';
import { RedisProjectionTarget } from './redis-projection-target.js';

/** With everything that an e-mail address may hold. */
const KEY = "o'ada+#/$%^`|~@x-1.example.org";

const other = (change: Partial<EntityDefinition> & Pick<EntityDefinition, 'name'>): EntityDefinition => ({
  collection: change.name,
  keyField: 'key',
  keyTemplate: `${change.name}:{key}`,
  normalizeKey: String,
  requiredOnCreate: [],
  ownedFields: [],
  secretFields: [],
  ...change,
});
const OTHERS = {
  parts: other({ name: 'parts', keyType: 'number', keyField: '_id' }),
  boxes: other({ name: 'boxes', keyType: 'objectId' }),
  labels: other({ name: 'labels', keyType: 'uuid' }),
  notes: other({ name: 'notes', keyTemplate: '{key}', cacheKeyTemplate: '{id}' }),
};
type OtherName = keyof typeof OTHERS;

interface Call {
  readonly entity?: EntityDefinition;
  readonly key?: string | Buffer;
  readonly op?: string;
  readonly payload?: string | Buffer;
  readonly keys?: Readonly<Record<number, string>>;
  readonly options?: readonly string[];
}

describeWith(describe, redisUnavailableReason())('FCALL sync_write', () => {
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
  beforeEach(async () => {
    await redis.flushall();
    await loadFunctionLibrary(redis, [USERS, ...Object.values(OTHERS)], 60_000);
  });

  let calls = 0;
  const namesOf = (entity: EntityDefinition, key: string) => [
    KEYS.record(entity, key),
    KEYS.tombstone(entity, key),
    KEYS.stream('redis-to-mongo'),
    KEYS.inFlight('redis-to-mongo'),
    KEYS.ledger('redis-to-mongo'),
    KEYS.index(entity),
    KEYS.operation(`test-${(calls += 1)}`),
  ];

  function call({ entity = USERS, key = KEY, op = 'upsert', payload, keys = {}, options = [] }: Call = {}) {
    const names = namesOf(entity, key.toString()).map((name, index) => keys[index] ?? name);
    const text = payload ?? JSON.stringify({ email: KEY, name: 'Ada' });
    return redis.fcall(
      'sync_write',
      names.length,
      ...names,
      entity.name,
      key,
      op,
      text,
      ...options,
    ) as Promise<[outcome: string, version: string, created: number]>;
  }

  /** Nothing was written. */
  async function refused(write: Call, reason: string | RegExp): Promise<void> {
    const before = await redis.dbsize();
    await expect(call(write)).rejects.toThrow(reason);
    expect(await redis.dbsize()).toBe(before);
  }

  const emitted = async () => {
    const [entry] = await redis.xrevrange(KEYS.stream('redis-to-mongo'), '+', '-', 'COUNT', 1);
    return parseEvent(entry?.[1][1] ?? '');
  };
  const withField = (text: string) => `{"email":${JSON.stringify(KEY)},"name":"N",${text}}`;
  const withValue = (text: string) => withField(`"x":${text}`);

  it('stores the text as it is, and says what it changed', async () => {
    const payload = `\n{ "name": "F",\t"email": ${JSON.stringify(KEY)}, "tags": [ ], "n": 1.0 }\r\n`;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const [outcome, version, created] = await call({
      payload,
      options: ['absent', traceparent, ' [ "name" ] '],
    });
    expect([outcome, created]).toEqual(['written', 1]);
    const event = await emitted();
    expect(event).toMatchObject({ key: KEY, version: Number(version), payload: payload.trim(), traceparent });
    expect(event.changed).toEqual(['name']);
    const text = await redis.get(KEYS.record(USERS, KEY));
    expect(JSON.parse(text ?? '')).toMatchObject({ name: 'F', tags: [], n: 1, _sync: { source: 'redis' } });
    expect((await call({ op: 'delete', payload: '', options: [version] }))[0]).toBe('written');
    expect(await emitted()).toMatchObject({ op: 'delete', base: Number(version) });
  });

  it.each([0, 1, 2, 3, 4, 5])('refuses another key in place %i, and says which it must be', async (place) => {
    const [name = ''] = namesOf(USERS, KEY).slice(place);
    await refused({ keys: { [place]: `x${name}` } }, `key ${place + 1} must be ${name}`);
    await refused({ keys: { [place]: 'sync:capture:position' } }, `key ${place + 1} must be ${name}`);
  });

  it.each([
    'sync:operation:',
    'sync:ledger:mongo-to-redis',
    'processed_events',
    `sync:operation:${'x'.repeat(600)}`,
  ])('refuses %s for the key of an operation', (name) =>
    refused({ keys: { 6: name } }, 'key 7 must be sync:operation:'),
  );

  it('refuses another number of keys, an unknown entity and an unknown op', async () => {
    const [record = '', ...rest] = namesOf(USERS, KEY);
    await expect(redis.fcall('sync_write', 1, record, 'users', KEY, 'upsert', '{}')).rejects.toThrow(
      '7 keys',
    );
    await expect(redis.fcall('sync_write', 7, record, ...rest, 'user', KEY, 'upsert', '{}')).rejects.toThrow(
      'unknown entity',
    );
    await expect(redis.fcall('sync_write', 7, record, ...rest)).rejects.toThrow('unknown entity');
    await refused({ op: 'patch' }, 'op must be upsert or delete');
  });

  it('takes exactly the e-mail addresses that are in their normal form', async () => {
    const piece = fc.constantFrom(
      'a',
      'Z',
      '9',
      '.',
      '..',
      '-',
      '_',
      '@',
      '+',
      '*',
      '?',
      '{',
      ' ',
      'é',
      '\u200b',
      "'",
      '%',
    );
    const address = fc.oneof(
      fc.emailAddress(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc
        .tuple(fc.array(piece, { maxLength: 5 }), fc.array(piece, { maxLength: 5 }))
        .map(([name, host]) => `a${name.join('')}@${host.join('')}b.c`),
      fc.nat(300).map((length) => `${'a'.repeat(length)}@x.org`),
      fc.nat(300).map((length) => `a@${'b'.repeat(length)}.org`),
      fc.nat(300).map((length) => `a@${'b.'.repeat(length)}org`),
    );
    await fc.assert(
      fc.asyncProperty(address, async (key) => {
        const answer = await call({ key, payload: JSON.stringify({ email: key, name: 'N' }) }).then(
          ([outcome]) => outcome,
          (error: Error) => error.message,
        );
        expect(answer).toEqual(isNormal(key) ? 'written' : expect.stringContaining('must be normalised'));
      }),
      { numRuns: 500 },
    );
  });

  it.each(['events', '507f1f77bcf86cd799439011', 'noemailatall', '', 'x'.repeat(300_000)])(
    'refuses %.30s for a user',
    (key) => refused({ key, payload: JSON.stringify({ email: key, name: 'N' }) }, 'must be normalised'),
  );

  it.each<[OtherName, string, Json]>([
    ['parts', '0', 0],
    ['parts', '-17', -17],
    ['parts', '0.25', 0.25],
    ['parts', '9007199254740991', 9_007_199_254_740_991],
    ['parts', '9223372036854775807', { $numberLong: '9223372036854775807' }],
    ['parts', '-9223372036854775808', { $numberLong: '-9223372036854775808' }],
    ['boxes', '507f1f77bcf86cd799439011', { $oid: '507f1f77bcf86cd799439011' }],
    ['labels', '0af76519-16cd-43dd-8448-eb211c80319c', { $uuid: '0af76519-16cd-43dd-8448-eb211c80319c' }],
    ['notes', 'ä: {x} *', 'ä: {x} *'],
  ])('%s take the key %s', async (name, key, value) => {
    const entity = OTHERS[name];
    const payload = JSON.stringify({ [entity.keyField]: value, a: 1 }, null, 1);
    expect(await call({ entity, key, payload })).toMatchObject({ 0: 'written' });
    expect(await emitted()).toMatchObject({ entity: entity.name, key });
  });

  it.each<[OtherName, string, Json]>([
    ['parts', '007', 7],
    ['parts', '1.50', 1.5],
    ['parts', '-0', 0],
    ['parts', '1e3', 1000],
    ['parts', '9223372036854775808', { $numberLong: '9223372036854775808' }],
    ['parts', `${'9'.repeat(400)}.5`, 1],
    ['parts', 'NaN', 1],
    ['boxes', '507F1F77BCF86CD799439011', { $oid: '507F1F77BCF86CD799439011' }],
    ['boxes', '507f1f77bcf86cd79943901', { $oid: '507f1f77bcf86cd79943901' }],
    ['labels', '0af7651916cd43dd8448eb211c80319c', { $uuid: '0af7651916cd43dd8448eb211c80319c' }],
    ['notes', 'a\nb', 'a\nb'],
    ['notes', 'x'.repeat(513), 'x'.repeat(513)],
    ['notes', '507f1f77bcf86cd799439011', '507f1f77bcf86cd799439011'],
    ...[
      'redis_changes',
      'mongo_changes:inflight',
      'sync:doubts',
      'processed_events:previous',
      'index:users',
    ].map((key): [OtherName, string, Json] => ['notes', key, key]),
  ])('%s refuse the key %.40s', (name, key, value) =>
    refused(
      { entity: OTHERS[name], key, payload: JSON.stringify({ [OTHERS[name].keyField]: value }) },
      /^SYNC the record key/,
    ),
  );

  it.each<[OtherName, string, Json]>([
    ['parts', '5', '5'],
    ['parts', '5', { $numberLong: '5' }],
    ['parts', '9223372036854775807', '9223372036854775807'],
    ['parts', '5', 6],
    ['boxes', '507f1f77bcf86cd799439011', '507f1f77bcf86cd799439011'],
    ['boxes', '507f1f77bcf86cd799439011', { $oid: '507f1f77bcf86cd799439012' }],
    ['notes', '5', 5],
    ['notes', 'true', true],
  ])('%s refuse another value of the key %s', (name, key, value) =>
    refused(
      { entity: OTHERS[name], key, payload: JSON.stringify({ [OTHERS[name].keyField]: value }) },
      'equal to the record key',
    ),
  );

  it.each([
    ['NaN', 'JSON object'],
    ['0x1F', 'JSON object'],
    ['007', 'JSON object'],
    ['1e400', 'too large'],
    ['12345678901234567890', 'too large'],
    ['"\\ud83d"', 'half of a surrogate pair'],
    ['"a\u0001"', 'control character'],
    ['{"_bsontype":"Long"}', '_bsontype'],
    ['[{"__proto__":1}]', '__proto__'],
    ['{"a":{"constructor":1}}', 'constructor'],
    ['{"a\\u0000":1}', 'not allowed'],
    ['{"$where":"1"}', '$document'],
    ['{"$oid":"507f1f77bcf86cd799439011","a":1}', '$document'],
    ['{"$ref":"c","$id":1,"$x":1}', '$document'],
    ['{"$ref":"c"}', '$document'],
    [`${'['.repeat(32)}${']'.repeat(32)}`, 'deeper than 32'],
    [`"${'x'.repeat(262_144)}"`, '256 KiB'],
  ])('refuses the value %.50s', (value, reason) => refused({ payload: withValue(value) }, reason));

  it.each([
    '"a\\u0000b"',
    '{"a.b":1,"":2}',
    '{"$oid":"507f1f77bcf86cd799439011"}',
    '{"$numberLong":"abc"}',
    '{"$date":{"$numberLong":"1"}}',
    '{"$binary":{"base64":"","subType":"00"}}',
    '{"$code":"x","$scope":{"a":1}}',
    '{"$ref":"c","$id":{"$oid":"507f1f77bcf86cd799439011"},"$db":"d","more":1}',
    '{"$document":{"$where":"1","a":{"$document":{"$gt":1}}}}',
    `${'['.repeat(31)}${']'.repeat(31)}`,
  ])('takes the value %.50s', async (value) => {
    expect(await call({ payload: withValue(value) })).toMatchObject({ 0: 'written' });
    expect((await emitted()).payload).toBe(withValue(value));
  });

  it.each([
    ['"$set":1', 'start with $'],
    ['"$document":{}', 'start with $'],
    ['"a.b":1', 'contain a dot'],
    ['"":1', 'must not be empty'],
    ['"__proto__":{}', 'not allowed'],
    ['"_bsontype":1', 'not allowed'],
    ['"a\\u0000":1', 'not allowed'],
    ['"id":1', 'must not hold id'],
    ['"_id":1', 'must not hold _id'],
    ['"_sync":{}', 'must not hold _sync'],
    ['"__v":1', 'must not hold __v'],
    ['"wallet":9', 'must not hold wallet'],
    ['"wal\\u006cet":9', 'must not hold wallet'],
    ['"passwordHash":"x"', 'must not hold passwordHash'],
    ['"name":"twice"', 'there before'],
    [Array.from({ length: 1000 }, (_, n) => `"f${n}":1`).join(), 'more than 1000 fields'],
  ])('refuses the field %.40s', (field, reason) => refused({ payload: withField(field) }, reason));

  it.each(['version', 'source', 'updatedAt', 'deleted', 'purgeAt'])('takes the field %s', async (name) => {
    expect(await call({ payload: withField(`"${name}":1`) })).toMatchObject({ 0: 'written' });
  });

  it.each([
    ['no name', `{"email":${JSON.stringify(KEY)}}`, 'must hold name'],
    ['no key', '{"name":"N"}', 'must hold email'],
    ['no object', '[]', 'JSON object'],
    ['nothing', '', 'JSON object'],
    ['something behind it', `${withValue('1')}garbage`, 'behind the object'],
    [
      'no UTF-8',
      Buffer.concat([Buffer.from(withValue('"').slice(0, -1)), Buffer.from([0xff]), Buffer.from('"}')]),
      'UTF-8',
    ],
  ])('refuses a payload with %s', (_what, payload, reason) => refused({ payload }, reason));

  it.each([
    [['no version'], 'expected must be'],
    [['-1'], 'expected must be'],
    [['', 'x'], 'traceparent'],
    [['', `00-${'0'.repeat(31)}X-${'0'.repeat(16)}-01`], 'traceparent'],
    ...['name', '{}', '["a",1]', '[["a"]]', '["a"', '["a"] x', '[]},"x":{', '[NaN]', '["a"],"b":["c"]'].map(
      (list): [string[], string] => [['', '', list], 'changed must be'],
    ),
  ])('refuses the options %j', (options, reason) => refused({ options }, reason));

  it('takes all for changed where the list is too long to be of use', async () => {
    const names = Array.from({ length: 1001 }, (_, n) => `f${n}`);
    await call({ options: ['', '', JSON.stringify(names)] });
    expect((await emitted()).changed).toBeUndefined();
    await call({ options: ['', '', '[]'] });
    expect((await emitted()).changed).toBeUndefined(); // the one before is in flight
  });

  it('answers an operation that is sent again as the first time, and a condition that is not met', async () => {
    const keys = { 6: KEYS.operation('again') };
    const first = await call({ keys });
    expect(await call({ keys })).toEqual(first);
    expect(await call({ options: ['absent'] })).toEqual(['conflict', first[1], 'live']);
    expect(await redis.xlen(KEYS.stream('redis-to-mongo'))).toBe(1);
  });

  it('I7: an echo in canonical form takes the place of the text as it was given, without a new version', async () => {
    const payload = `{ "name" : "N", "n": 1.0, "email": ${JSON.stringify(KEY)}, "e": "\\u0041" }`;
    const version = Number((await call({ payload }))[1]);
    const fields = JSON.parse(payload) as JsonObject;
    const image: MongoImage = { id: '"1"', key: KEY, version, source: 'redis', deleted: false, fields };
    const event = eventFromImage(USERS, image, version);
    const stream = KEYS.stream('mongo-to-redis');
    await redis.xgroup('CREATE', stream, SYNC_GROUP, '0', 'MKSTREAM');
    const journal = new RedisCaptureJournal(redis);
    await journal.reEmit([event]);
    const read = await redis.xreadgroup('GROUP', SYNC_GROUP, 'spec', 'STREAMS', stream, '>');
    const entryId = read?.[0]?.[1][0]?.[0] ?? '';
    const never = () => Promise.reject(new Error('nothing is to be corrected'));
    const current = () => Promise.resolve(new Map([[KEY, image]]));
    const authority = { current, tombstones: never, stamp: never, bury: never };
    const stores = { projections: new RedisProjectionTarget(redis), journal, authority };
    await applyToRedis(USERS, [{ entryId, event }], stores);
    const text = await redis.get(KEYS.record(USERS, KEY));
    expect(text).toBe(formatRecord({ version, source: 'redis', payload: payloadOf(fields) }));
    expect(await redis.xpending(stream, SYNC_GROUP)).toMatchObject({ 0: 0 });
  });

  it('needs of a Redis user no more than what docs/fcall.md lists, and its keys', async () => {
    const listed = /`(\+get [^`]*)`/s.exec(await readFile('docs/fcall.md', 'utf8'))?.[1]?.split(/\s+/) ?? [];
    const keys = [
      '~user:*',
      '~tombstone:user:*',
      '~redis_changes*',
      '~sync:ledger:*',
      '~sync:operation:*',
      '~index:*',
    ];
    await redis.acl(
      'SETUSER',
      'writer',
      'reset',
      'on',
      '>secret',
      ...keys,
      '+fcall',
      '+info',
      '+client',
      ...listed,
    );
    const url = new URL(server.url);
    const writer = connect({ url: `redis://writer:secret@${url.host}`, profile: 'commands' });
    const write = (op: string, payload: string) =>
      writer.fcall('sync_write', 7, ...namesOf(USERS, KEY), 'users', KEY, op, payload);
    try {
      const payload = JSON.stringify({ email: KEY, name: 'Ada' });
      for (const [op, text] of [
        ['upsert', payload],
        ['upsert', payload],
        ['delete', ''],
      ] as const)
        expect(await write(op, text)).toMatchObject({ 0: 'written' });
      await redis.hset(KEYS.record(USERS, KEY), 'a', '1');
      expect(await write('upsert', payload)).toMatchObject({
        0: 'written',
        3: `hash ${KEYS.record(USERS, KEY)}`,
      });
    } finally {
      writer.disconnect();
      await redis.acl('DELUSER', 'writer');
    }
  });

  it('takes what validateProfile takes, and refuses what it refuses but for what is in a typed value', async () => {
    await fc.assert(
      fc.asyncProperty(fieldsWithOddNames(), async (fields) => {
        const faults = validateProfile(USERS, { name: 'N', ...fields });
        const text = JSON.stringify({ email: KEY, name: 'N', ...fields });
        const answer = await call({ payload: text }).then(
          ([outcome]) => outcome,
          (error: Error) => error.message,
        );
        const inTypedValue =
          faults.length > 0 && faults.every(({ message }) => CONTENT_OF_VALUE.test(message));
        if (!inTypedValue)
          expect([text, answer]).toEqual([
            text,
            faults.length === 0 ? 'written' : expect.stringMatching(/^SYNC/),
          ]);
      }),
      { numRuns: 1_000 },
    );
  });
});

function isNormal(key: string): boolean {
  try {
    return normalizeEmail(key) === key;
  } catch {
    return false;
  }
}

/** What is checked where the value arrives in Mongo. */
const CONTENT_OF_VALUE = /^\$(?!document)\w+ (must be (?!the only)|can be read)/;

/** Fields whose names mean something somewhere; what stands under names that others lean on is of the right type. */
function fieldsWithOddNames(): fc.Arbitrary<JsonObject> {
  const plain = fc.constantFrom('a', 'b', 'é', 'a.b', '', 'x\0', 'constructor', '_bsontype', '__proto__');
  const special = fc.constantFrom(
    '$gt',
    '$oid',
    '$date',
    '$code',
    '$scope',
    '$document',
    '$ref',
    '$id',
    '$db',
    '$',
  );
  const { value } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(1, 'x', null, true),
      fc.array(tie('value'), { maxLength: 2 }),
      tie('object'),
    ),
    object: fc
      .uniqueArray(fc.tuple(fc.oneof(plain, special), tie('value')), {
        maxLength: 3,
        selector: ([name]) => name,
      })
      .map((members) => Object.fromEntries(members.map(([name, member]) => [name, memberOf(name, member)]))),
  }));
  return fc
    .uniqueArray(
      fc.tuple(
        fc.oneof({ weight: 9, arbitrary: fc.constantFrom('a', 'b', 'c') }, { weight: 1, arbitrary: special }),
        value,
      ),
      {
        maxLength: 3,
        selector: ([name]) => name,
      },
    )
    .map((members) => Object.fromEntries(members));
}

function memberOf(name: string, member: Json): Json {
  if (name === '$ref' || name === '$db') return 'c';
  if (name === '$id') return 1;
  return (name === '$document' || name === '$scope') && !isJsonObject(member) ? {} : member;
}
