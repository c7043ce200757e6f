import {
  describeWith,
  redisUnavailableReason,
  startPrivateRedis,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { USERS } from '@redis-mongo-sync/sync-core';
import { clockFinding } from '../../src/doctor/clock.js';
import { exitCodeOf } from '../../src/doctor/finding.js';
import { missingActions } from '../../src/doctor/mongo/rights-check.js';
import { snapshotChecks, snapshotEstimate } from '../../src/doctor/mongo/snapshot-check.js';
import { schemaRefuses } from '../../src/doctor/mongo/validator-check.js';
import { parseDoctorOptions } from '../../src/doctor/options.js';
import { sightOf } from '../../src/doctor/redis/key-survey.js';
import { redisFacts, redisServerChecks } from '../../src/doctor/redis/server-checks.js';
import { mongoshText, shownKey, shownName, sizeText } from '../../src/doctor/shown.js';

describe('judgements of the doctor', () => {
  it.each([
    [[], 0],
    [['fine', 'notice', 'skipped'], 0],
    [['fine', 'unseen'], 2],
    [['unseen', 'mend', 'fine'], 1],
  ] as const)('%j: exit code %i', (verdicts, code) => {
    expect(exitCodeOf(verdicts.map((verdict) => ({ verdict })))).toBe(code);
  });

  it.each([
    [undefined, false],
    [{}, false],
    [{ additionalProperties: false }, true],
    [{ additionalProperties: false, properties: { email: {} } }, true],
    [{ additionalProperties: false, properties: { _sync: {} } }, false],
    [{ additionalProperties: false, patternProperties: { '^_': {} } }, false],
    [{ additionalProperties: false, patternProperties: { '(?<broken': {} } }, true],
    [{ additionalProperties: { bsonType: 'string' } }, false],
  ])('schema %j refuses _sync by its text: %s', (schema, refuses) => {
    expect(schemaRefuses(schema)).toBe(refuses);
  });

  it.each([
    [0, 'fine'],
    [4_900, 'fine'],
    [-6_000, 'notice'],
    [61_000, 'mend'],
  ])('a clock that is off by %i ms: %s', (off, verdict) => {
    const reading = { name: 'clock', sentAt: 1_000_000, receivedAt: 1_000_010, theirs: 1_000_005 + off };
    expect(clockFinding(reading).verdict).toBe(verdict);
  });

  it('a slow answer is no clock that is off', () => {
    expect(clockFinding({ name: 'clock', sentAt: 0, receivedAt: 200_000, theirs: 190_000 }).verdict).toBe(
      'fine',
    );
  });

  const readWrite = [
    'find',
    'insert',
    'update',
    'remove',
    'changeStream',
    'createCollection',
    'createIndex',
    'listCollections',
    'listIndexes',
  ];
  it.each([
    ['root', [{ resource: { anyResource: true }, actions: ['anyAction'] }], []],
    ['readWrite', [{ resource: { db: 'shop', collection: '' }, actions: readWrite }], ['collMod']],
    [
      'readWrite elsewhere',
      [{ resource: { db: 'else', collection: '' }, actions: [...readWrite, 'collMod'] }],
      [...readWrite.slice(0, 7), 'collMod', ...readWrite.slice(7)],
    ],
    [
      'users alone',
      [{ resource: { db: 'shop', collection: 'users' }, actions: [...readWrite, 'collMod'] }],
      [...readWrite.slice(0, 7), 'collMod', ...readWrite.slice(7)],
    ],
    ['any database', [{ resource: { db: '', collection: '' }, actions: [...readWrite, 'collMod'] }], []],
  ])('rights: %s', (_name, privileges, missing) => {
    expect(missingActions(privileges, 'shop', 'users')).toEqual(missing);
  });

  it.each([
    ['user:ada@example.org', 'string', '{"version":1024,"source":"mongo","updatedAt":1,"name":"A"}', 'json'],
    [
      'user:ada@example.org',
      'string',
      '{"_sync":{"version":1024,"source":"mongo","updatedAt":1},"name":"A"}',
      'record',
    ],
    ['user:ada@example.org', 'string', '{"_sync":{"version":"1"},"name":"A"}', 'json'],
    ['user:ada@example.org', 'string', '[1]', 'text'],
    ['user:ada@example.org', 'string', '', 'text'],
    ['user:ada@example.org', 'string', null, 'large'],
    ['user:ada@example.org', 'hash', null, 'hash'],
    ['user:ada@example.org', 'stream', null, 'other'],
    ['user:events', 'stream', null, 'beside'],
    ['user:Ada@example.org', 'string', '{}', 'beside'],
    ['user:65a000000000000000000001', 'string', '{}', 'cache'],
  ] as const)('%s, a %s with %s: %s', (name, type, text, sight) => {
    expect(sightOf(USERS, { name, type, text })).toBe(sight);
  });

  it('shows enough to recognise, and no more', () => {
    expect(shownKey('ada.lovelace@example.org')).toBe('"ada.lovelace…"');
    expect(shownName('tombstone:user:ada.lovelace@example.org', 'tombstone:user:')).toBe(
      '"tombstone:user:ada.lovelace…"',
    );
    expect([1, 1023, 1024, 1.5 * 2 ** 20, 2 ** 50].map(sizeText)).toEqual([
      '1 B',
      '1023 B',
      '1.0 KiB',
      '1.5 MiB',
      '1024.0 TiB',
    ]);
    expect(mongoshText({ email: { $gte: -Infinity } })).toBe(
      'EJSON.deserialize({"email":{"$gte":{"$numberDouble":"-Infinity"}}})',
    );
  });

  const facts = { type: 'collection', options: {}, indexes: [], documents: 10_000_000, bytes: 10 * 2 ** 30 };
  const survey = { looked: 10_000, bytes: 2 ** 20, sampled: true };
  it('reckons the first snapshot by the slower of reading and carrying, and says how', () => {
    expect(snapshotEstimate(facts, survey, 20_000)).toMatchObject({
      seconds: 2_000,
      says: '10,000,000 documents, 10.0 GiB: about 34 min (20,000 a second were read here just now, 5,000 a second were carried on two cores: the slower one counts)',
    });
    expect(snapshotEstimate(facts, survey, 1_000).seconds).toBe(10_000);
    expect(snapshotEstimate(facts, survey, null).says).toContain('too few were read here to measure');
    expect(snapshotEstimate({ ...facts, bytes: null }, survey, null).bytes).toBe(2 ** 20 * 1_000);
  });

  it('a Redis that has no room for the records must be mended', () => {
    const estimate = snapshotEstimate(facts, survey, null);
    expect(snapshotChecks(estimate, null)).toHaveLength(1);
    expect(snapshotChecks(estimate, 30 * 2 ** 30)[1]?.verdict).toBe('fine');
    expect(snapshotChecks(estimate, 2 ** 30)[1]?.verdict).toBe('mend');
  });

  it('options: what there is not is refused', () => {
    expect(parseDoctorOptions(['--entity', 'users', '--fix', '--dry-run'], ['users'])).toMatchObject({
      fix: true,
      dryRun: true,
      full: false,
    });
    expect(() => parseDoctorOptions(['users'], ['users'])).toThrow('Unexpected argument');
  });
});

describeWith(describe, redisUnavailableReason())('judgements of a Redis', () => {
  const judged = async (server: PrivateRedis, extra: Readonly<Record<string, string>>) => {
    const redis = connect({ url: server.url, profile: 'commands' });
    try {
      const facts = new Map([...((await redisFacts(redis)) ?? []), ...Object.entries(extra)]);
      const findings = await redisServerChecks(redis, facts);
      return Object.fromEntries(findings.map(({ name, verdict }) => [name, verdict]));
    } finally {
      redis.disconnect();
      await server.stop();
    }
  };

  it.each([
    ['as it should be', {}, {}, {}],
    ['evicting', { maxmemoryPolicy: 'allkeys-lru' }, {}, { 'maxmemory-policy': 'mend' }],
    ['evicting what expires', { maxmemoryPolicy: 'volatile-ttl' }, {}, { 'maxmemory-policy': 'notice' }],
    ['without an append-only file', { appendonly: false }, {}, { persistence: 'notice' }],
    ['a replica', { replicaof: { port: 9 } }, {}, { role: 'mend' }],
    ['a cluster', {}, { cluster_enabled: '1' }, { cluster: 'mend' }],
    ['too old', {}, { redis_version: '6.0.16' }, { version: 'mend' }],
    ['without functions', {}, { redis_version: '6.2.14' }, { version: 'notice' }],
  ] as const)('%s', async (_name, options, extra, odd) => {
    const fine = {
      version: 'fine',
      'maxmemory-policy': 'fine',
      persistence: 'fine',
      role: 'fine',
      clock: 'fine',
    };
    const server = await startPrivateRedis({ appendonly: true, ...options });
    expect(await judged(server, extra)).toEqual({ ...fine, ...odd });
  });
});
