import { USERS } from '@redis-mongo-sync/sync-core';
import * as fc from 'fast-check';
import { Binary, BSON, Decimal128, Long, ObjectId, UUID, type Document } from 'mongodb';
import { documentFacts } from '../../src/doctor/mongo/document-facts.js';

const facts = (document: Document, entity: Parameters<typeof documentFacts>[0] = USERS) =>
  documentFacts(entity, BSON.serialize(document, { ignoreUndefined: true }));

describe('what the doctor reads of a document', () => {
  it.each([
    ['ada@example.org', null],
    ['Ada@example.org', 'not-normal'],
    [' ada@example.org', 'not-normal'],
    ['', 'unusable'],
    ['nobody', 'unusable'],
    [`${'x'.repeat(300)}@example.org`, 'too-long'],
    [`${'é'.repeat(100)}@example.org`, 'unusable'],
    [['ada@example.org'], 'list'],
    [null, 'wrong-type'],
    [5, 'wrong-type'],
    [new Date(0), 'wrong-type'],
    [{ a: 1 }, 'wrong-type'],
    [/a/, 'wrong-type'],
    [undefined, 'missing'],
  ])('the key %j: %s', (email, fault) => {
    expect(facts({ _id: 1, email }).keyFault).toBe(fault);
  });

  it.each([
    ['number', 5, null],
    ['number', Long.MAX_VALUE, null],
    ['number', Number.NaN, 'unusable'],
    ['number', '5', 'wrong-type'],
    ['objectId', new ObjectId(), null],
    ['objectId', 'text', 'wrong-type'],
    ['uuid', new UUID().toBinary(), null],
    ['uuid', new Binary(Buffer.alloc(16)), 'wrong-type'],
  ] as const)('of an entity with keys of type %s, %s: %s', (keyType, email, fault) => {
    expect(facts({ _id: 1, email }, { ...USERS, keyType }).keyFault).toBe(fault);
  });

  it.each([
    [{ version: 5, source: 'mongo' }, 'ours'],
    [{ version: Long.fromNumber(2 ** 53 - 1), source: 'redis', fields: { name: 3 } }, 'ours'],
    [{ version: 0, source: 'mongo' }, 'foreign'],
    [{ version: 1.5, source: 'mongo' }, 'foreign'],
    [{ version: '5', source: 'mongo' }, 'foreign'],
    [{ version: Decimal128.fromString('5'), source: 'mongo' }, 'foreign'],
    [{ version: Long.MAX_VALUE, source: 'mongo' }, 'foreign'],
    [{ version: 5, source: 'shop' }, 'foreign'],
    [{}, 'foreign'],
    ['yesterday', 'foreign'],
    [[1], 'foreign'],
    [null, 'foreign'],
    [undefined, 'none'],
  ])('%j in _sync: %s', (_sync, stamp) => {
    expect(facts({ _id: 1, _sync }).stamp).toBe(stamp);
  });

  it.each([
    [{ deep: [{ a: new Map([['_bsontype', 'Nobody']]) }] }, true],
    [{ says: '_bsontype', also: 'x_bsontype', a_bsontype: 1 }, false],
  ])('a field called _bsontype, at any depth: %#', (fields, found) => {
    expect(facts({ _id: 1, ...fields }).bsontype).toBe(found);
  });

  it('ids are canonical Extended JSON, and not longer than they need be', () => {
    expect(facts({ _id: Long.fromNumber(5) })).toMatchObject({ id: '{"$numberLong":"5"}', idType: 'long' });
    expect(facts({ _id: 'x'.repeat(500) }).id).toHaveLength(121);
    expect(facts({ name: 'nobody' })).toMatchObject({ id: '(none)', idType: 'missing' });
  });

  it('nothing that it does not look at can hinder it: patterns, far dates, broken UTF-8', () => {
    const bytes = Buffer.from(
      BSON.serialize({
        _id: 1,
        email: 'ada@example.org',
        odd: 'xyz',
        far: new Date(8.64e15),
        re: new BSON.BSONRegExp('(?<a', 'x'),
      }),
    );
    bytes[bytes.indexOf('xyz')] = 0xff;
    expect(() => BSON.deserialize(bytes)).toThrow();
    expect(documentFacts(USERS, bytes)).toMatchObject({
      id: '{"$numberInt":"1"}',
      keyFault: null,
      stamp: 'none',
    });
  });

  it('never throws for what a server can hold', () => {
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array().map((bytes) => new Binary(bytes)),
    );
    const field = fc.oneof(value, fc.array(value), fc.dictionary(fc.stringMatching(/^[^\0]*$/), value));
    fc.assert(
      fc.property(fc.record({ _id: value, email: field, _sync: field, other: field }), (document) => {
        const { bytes, keyFault } = facts(document);
        expect(bytes).toBeGreaterThan(0);
        if (typeof document.email !== 'string') expect(keyFault).not.toBeNull();
      }),
    );
  });
});
