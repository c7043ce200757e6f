import { readFileSync, writeFileSync } from 'node:fs';
import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { KEYS, partialKeyIndex, prepareCollections } from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import { MongoServerError } from 'mongodb';
import { doctor } from '../../src/doctor/doctor.js';
import { EFFORTS } from '../../src/doctor/effort.js';
import { parseDoctorOptions } from '../../src/doctor/options.js';
import { runChecks } from '../../src/doctor/run-checks.js';
import { doctorStage, type DoctorStage } from './stage.js';
import { makeUgly, mendByHand } from './ugly-collection.js';

const GOLDEN = new URL('./ugly.golden.txt', import.meta.url);

describeWith(describe, redisUnavailableReason())('the doctor', () => {
  let stage: DoctorStage;
  beforeAll(async () => {
    stage = await doctorStage({ appendonly: true });
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    await stage.db.dropDatabase();
    await stage.redis.flushall();
  });

  const consult = async (...args: string[]) => {
    const [said, told]: [string[], string[]] = [[], []];
    const options = parseDoctorOptions(args, [USERS.name]);
    const output = { say: (text: string) => said.push(text), tell: (line: string) => told.push(line) };
    const code = await doctor(
      { ...stage.context, ...(options.full ? { effort: EFFORTS.full } : {}) },
      options,
      output,
    );
    return { code, said: said.join('\n'), told };
  };
  const verdicts = async () => {
    const findings = await runChecks(stage.context);
    return new Map(findings.map(({ name, verdict }) => [name, verdict]));
  };

  it('finds every fault of an ugly collection and an ugly Redis, and changes nothing', async () => {
    await makeUgly(stage.db, 'users');
    await makeUglyRedis();
    const before = await stage.everything();
    const { code, said } = await consult();
    expect(code).toBe(1);
    const text = withoutChance(said, stage.db.databaseName);
    if (process.env.WRITE_GOLDEN === '1') writeFileSync(GOLDEN, text);
    expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
    await consult('--full', '--json');
    await consult('--fix', '--dry-run');
    await consult('--first-start');
    expect(await stage.everything()).toBe(before);
  });

  const makeUglyRedis = async () => {
    const { redis } = stage;
    await redis.mset({
      'user:ada@example.org': '{"name":"Ada"}',
      'user:bob@example.org': 'hello',
      'user:old@example.org': '{"_sync":{"version":1024,"source":"mongo","updatedAt":1},"name":"Old"}',
      'user:new@example.org': '{"_sync":{"version":1024,"source":"redis","updatedAt":1},"name":"New"}',
      'user:123': 'another',
      'user:65a000000000000000000001': '{}',
      'user:long@example.org': 'x'.repeat(2 ** 20 + 1),
      'tombstone:user:x@example.org': 'dead',
      [KEYS.stream('mongo-to-redis')]: 'a string',
    });
    await redis.hset('user:carl@example.org', 'name', 'Carl');
    await redis.lpush('user:eve@example.org', 'x');
    await redis.xadd(KEYS.stream('redis-to-mongo'), '*', 'shop', 'event');
  };

  it('has nothing to mend in empty stores', async () => {
    const { code, said } = await consult();
    expect(code).toBe(0);
    expect(said).toContain('unique index on email: made at the first start');
    expect(said).toContain('sync_tombstones: made at the first start');
  });

  it('--fix makes exactly what --dry-run lists, and a second run is fine', async () => {
    await makeUgly(stage.db, 'users');
    await mendByHand(stage.db, 'users');
    const dry = await consult('--fix', '--dry-run');
    expect(dry.code).toBe(1);
    expect(dry.told).toEqual([
      '--fix would create the unique index email_unique on users',
      '--fix would switch on pre-images of users',
      '--fix would create sync_tombstones with its TTL index',
    ]);
    const documents = await stage.documents('users');
    const { code, told } = await consult('--fix');
    expect(code).toBe(0);
    expect(told).toEqual(dry.told.map((line) => line.replace('--fix would', '✓ done:')));
    expect(await stage.documents('users')).toBe(documents);
    const after = await stage.everything();
    const second = await consult('--fix');
    expect([second.code, second.told]).toEqual([0, []]);
    expect(await stage.everything()).toBe(after);
    await prepareCollections(stage.db, [USERS]);
  });

  it('says which fixes failed, and that something is left to be mended', async () => {
    await stage.db.collection('users').insertOne({ email: 'ada@example.org' });
    const createIndex = new Error('not today');
    const db = Object.create(stage.db, {
      command: {
        value: (command: object) =>
          'collMod' in command ? Promise.reject(createIndex) : stage.db.command(command),
      },
    }) as typeof stage.db;
    const told: string[] = [];
    const options = parseDoctorOptions(['--fix'], [USERS.name]);
    const code = await doctor({ ...stage.context, db }, options, {
      say: () => 0,
      tell: (line) => told.push(line),
    });
    expect(code).toBe(1);
    expect(told).toContain('✗ not done: switch on pre-images of users: not today');
  });

  it('--json says the same for machines', async () => {
    await stage.db.collection('users').insertOne({ _id: 'x' as never, name: 'no e-mail' });
    const { said } = await consult('--json');
    const report = JSON.parse(said) as { exitCode: number; findings: { name: string }[] };
    expect(report).toMatchObject({ entity: 'users', keys: 'user:{key}', exitCode: 1, fixed: [] });
    expect(report.findings).toContainEqual({
      area: 'documents',
      name: 'email missing',
      verdict: 'skipped',
      says: 'not syncable, stay in MongoDB alone',
      count: 1,
      examples: ['"x"'],
    });
  });

  it('--first-start speaks only of a collection that the product has not been at work on', async () => {
    expect(await consult('--first-start')).toMatchObject({ code: 0, said: '' });
    await stage.db.collection('users').insertOne({ email: 'ada@example.org' });
    const { code, said } = await consult('--first-start');
    expect(code).toBe(1);
    expect(said).toContain('must be mended  unique index on email: missing');
    expect(said).toContain('npm run doctor -- --entity users');
    expect(said).not.toContain('e.g.');
    await stage.db
      .collection('users')
      .insertOne({ email: 'b@example.org', _sync: { version: 5, source: 'mongo' } });
    expect(await consult('--first-start')).toMatchObject({ code: 0, said: '' });
  });

  it.each([
    ['unique and sparse', { unique: true, sparse: true }, 'fine'],
    ['unique, of another name', { unique: true, name: 'mine' }, 'fine'],
    ['not unique', {}, 'mend'],
  ] as const)('an index that is %s: %s', async (_name, options, verdict) => {
    const users = stage.db.collection('users');
    await users.createIndex({ email: 1 }, options);
    await users.insertMany([{ email: 'a@example.org' }, { name: 'no e-mail' }]);
    expect((await verdicts()).get('unique index on email')).toBe(verdict);
  });

  it('a list of keys that meets the key of another document hinders a unique index', async () => {
    await stage.db
      .collection('users')
      .insertMany([
        { email: 'a@example.org' },
        { email: ['a@example.org', 'a@example.org'] },
        { email: ['b@example.org', 'b@example.org'] },
      ]);
    const findings = await runChecks(stage.context);
    expect(findings.find(({ name }) => name === 'email in several documents')).toMatchObject({ count: 3 });
    const { key, options } = partialKeyIndex(USERS);
    await expect(stage.db.collection('users').createIndex(key, options)).rejects.toMatchObject({
      code: 11000,
    });
  });

  it('of a large collection and a large Redis it looks at samples, and says so', async () => {
    const users = stage.db.collection('users');
    await users.insertMany(Array.from({ length: 4_000 }, () => ({ name: 'no e-mail' })));
    await stage.redis.mset(
      Object.fromEntries(Array.from({ length: 4_000 }, (_, n) => [`user:n${n}@example.org`, 'x'])),
    );
    const effort = {
      wholeDocuments: 3_999,
      wholeBytes: Infinity,
      sample: 150,
      keys: 1_000,
      patienceMs: 30_000,
    };
    const findings = await runChecks({ ...stage.context, effort });
    const named = (name: string) => findings.find((finding) => finding.name === name);
    expect(named('documents')?.says).toBe('a random sample of 150 of about 4,000 (--full looks at all)');
    expect(named('email missing')).toMatchObject({ count: 150, sample: 150 });
    expect(named('user:*')?.says).toMatch(/^1,\d{3} keys in \d\d % of the key space \(--full looks at all\)/);
    expect(named('dry run')?.says).toMatch(/^4,000 documents, .* were read here just now/);
  });

  it('a search for duplicates that takes too long is given up', async () => {
    const users = stage.db.collection('users');
    await users.insertOne({ email: 'ada@example.org' });
    const slow = (name: string): unknown =>
      Object.assign(Object.create(stage.db.collection(name)) as object, { aggregate: expired });
    const db = Object.create(stage.db, { collection: { value: slow } }) as typeof stage.db;
    const findings = await runChecks({ ...stage.context, db });
    expect(findings).toContainEqual(
      expect.objectContaining({ name: 'unique index on email', verdict: 'unseen' }),
    );
  });

  it('a check that fails is one that could not look: exit code 2', async () => {
    const redis = stage.redis.duplicate();
    Object.assign(redis, { scan: () => Promise.reject(new Error('no scanning here')) });
    const [options, output] = [parseDoctorOptions([], [USERS.name]), { say: () => 0, tell: () => 0 }];
    expect(await doctor({ ...stage.context, redis }, options, output)).toBe(2);
    const findings = await runChecks({ ...stage.context, redis });
    expect(findings).toContainEqual({
      area: 'keys',
      name: 'keys',
      verdict: 'unseen',
      says: 'no scanning here',
    });
    redis.disconnect();
  });
});

function expired(): never {
  throw new MongoServerError({ code: 50, message: 'operation exceeded time limit' });
}

/** What differs from run to run. */
function withoutChance(text: string, database: string): string {
  return text
    .replaceAll(database, 'DATABASE')
    .replace(/^(.*(?:version|oplog)): .*$/gm, '$1: …')
    .replace(/^(.*user:\*(?: [^,]*)?, .*)$/gm, '$1')
    .concat('\n');
}
