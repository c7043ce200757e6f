import fc, { type Arbitrary } from 'fast-check';
import { EVENT_FIELD, formatEvent, type ChangeEvent, type Direction } from '@redis-mongo-sync/sync-core';

/** Field names and values, in turn, as `XADD` takes them. */
export type Fields = readonly (string | Buffer)[];

const KEYS = ['k0@edge.example.org', 'k1@edge.example.org', 'k2@edge.example.org'];

/** An envelope that every consumer takes. Only its content can keep it from being applied. */
export function goodEvent(direction: Direction, key: string, version: number): ChangeEvent {
  const source = direction === 'mongo-to-redis' ? 'mongo' : 'redis';
  return {
    eventId: `${source}:${key}:${version}`,
    entity: 'users',
    key,
    op: 'upsert',
    source,
    version,
    payload: JSON.stringify({ email: key, name: `v${version}` }),
  };
}

const envelope = (direction: Direction): Arbitrary<string> =>
  fc.constantFrom(...KEYS).map((key) => formatEvent(goodEvent(direction, key, 1_024)));

/** Members replaced by texts that are no value of theirs. */
const MEMBERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /"schema":2/,
    ['"schema":0', '"schema":1', '"schema":3', '"schema":"2"', '"schema":null', '"schema":1e400'],
  ],
  [/"entity":"users"/, ['"entity":"ghosts"', '"entity":""', '"entity":{}', '"entity":"__proto__"']],
  [/"key":"[^"]+"/, ['"key":""', '"key":{"$gt":""}', `"key":"${'x'.repeat(600)}"`, '"key":null', '"key":[]']],
  [/"op":"upsert"/, ['"op":"delete"', '"op":"merge"', '"op":1', '"op":null', '"op":"constructor"']],
  [/"source":"\w+"/, ['"source":"kafka"', '"source":null', '"source":["mongo"]']],
  [
    /"version":\d+/,
    ['0', '-1', '1.5', '9007199254740992', '1e308', '"1024"', 'null', '[]'].map(
      (text) => `"version":${text}`,
    ),
  ],
  [
    /"payload":.*\}$/,
    ['"payload":[]}', '"payload":"x"}', '"payload":null}', '"payload":{"a":}', '"payload":{', '}'],
  ],
  [
    /"eventId"/,
    ['"x"', '{}', 'null', '[1]', '["a",null]', '[["a"]]'].map((text) => `"changed":${text},"eventId"`),
  ],
  [/"eventId":"[^"]+"/, ['"eventId":""', '"eventId":7', `"eventId":"${'x'.repeat(2_000)}"`]],
];

const spoiltMember = (direction: Direction): Arbitrary<string> =>
  fc
    .tuple(envelope(direction), fc.constantFrom(...MEMBERS))
    .chain(([text, [member, others]]) =>
      fc.constantFrom(...others).map((other) => text.replace(member, () => other)),
    );

const cutOff = (direction: Direction): Arbitrary<string> =>
  fc
    .tuple(envelope(direction), fc.double({ min: 0, max: 0.99, noNaN: true }))
    .map(([text, share]) => text.slice(0, Math.floor(text.length * share)));

const fromTheFuture = (direction: Direction): Arbitrary<string> =>
  fc
    .constantFrom(Number.MAX_SAFE_INTEGER, (Date.now() + 3_600_000) * 1_024)
    .map((version) => formatEvent(goodEvent(direction, 'future@edge.example.org', version)));

const strange: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    'null',
    '[]',
    '{}',
    '"',
    ',"payload":{}}',
    '{,"payload":{}}',
    '[],"payload":{}}',
    '{}'.repeat(50),
  ),
  fc.json({ maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.integer({ min: 1_000, max: 30_000 }).map((depth) => `{"a":${'['.repeat(depth)}`),
  fc.constant('x'.repeat(2_000_000)),
);

/** Entries that no consumer can take. */
export function badEntry(direction: Direction): Arbitrary<Fields> {
  const text = fc.oneof(
    { weight: 4, arbitrary: spoiltMember(direction) },
    { weight: 2, arbitrary: cutOff(direction) },
    { weight: 1, arbitrary: fromTheFuture(direction) },
    { weight: 3, arbitrary: strange },
  );
  const binary = fc.uint8Array({ maxLength: 100 }).map((bytes): Fields => [EVENT_FIELD, Buffer.from(bytes)]);
  const otherFields = fc
    .array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 1, maxLength: 6 })
    .map((names): Fields => names.flatMap((name) => [`x${name}`, 'value']));
  return fc.oneof(
    { weight: 6, arbitrary: text.map((value): Fields => [EVENT_FIELD, value]) },
    { weight: 1, arbitrary: text.map((value): Fields => ['payload', '{}', EVENT_FIELD, value, 'more', '1']) },
    { weight: 1, arbitrary: binary },
    { weight: 1, arbitrary: otherFields },
  );
}
