import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import {
  ForeignRecords,
  inspectRedis,
  KEYS,
  loadFunctionLibrary,
  RedisRecordStore,
} from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import { SyncEngine } from '@redis-mongo-sync/sync-engine';
import { eventually } from '@redis-mongo-sync/testing';
import type { Redis } from 'ioredis';
import { aclRules, PRODUCT_COMMANDS } from '../../src/doctor/redis/product-commands.js';
import { redisRightsCheck } from '../../src/doctor/redis/rights-check.js';
import { doctorStage, type DoctorStage } from './stage.js';

const PASSWORD = 'a-long-password';

/** The texts of all scripts below a folder. */
function luaTexts(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.lua'),
  );
  return files.map((file) => readFileSync(join(folder, file), 'utf8'));
}

describe('the list of commands', () => {
  it('stands in docs/doctor.md as a line to be copied', () => {
    const words = readFileSync('docs/doctor.md', 'utf8').split(/[\s\\]+/);
    const from = words.indexOf('resetkeys');
    expect(words.slice(from, words.indexOf('```', from))).toEqual(aclRules([USERS]));
  });

  it('holds every command of every script', () => {
    const listed = new Set(PRODUCT_COMMANDS.map(({ name }) => name.split('|')[0]));
    const scripts = ['libs/sync-adapters/src', 'libs/redis-streams/src'].flatMap(luaTexts);
    const used = scripts.flatMap((text) =>
      [...text.matchAll(/redis\.p?call\('([A-Z]+)'/g)].map(([, name]) => name),
    );
    expect(used.length).toBeGreaterThan(100);
    expect([...new Set(used)].filter((name) => !listed.has(name?.toLowerCase()))).toEqual([]);
  });
});

describeWith(describe, redisUnavailableReason())('a Redis user with few rights', () => {
  let stage: DoctorStage;
  let redis: Redis;
  let url: string;
  /** Makes the user anew, and connects as it. */
  const become = async (...rules: string[]) => {
    redis?.disconnect();
    await stage.redis.call('ACL', 'DELUSER', 'product');
    await stage.redis.call('ACL', 'SETUSER', 'product', 'on', `>${PASSWORD}`, ...rules);
    url = `redis://product:${PASSWORD}@${stage.redisServer.host}:${stage.redisServer.port}`;
    redis = connect({ url, profile: 'commands' });
  };

  beforeAll(async () => {
    jest.spyOn(console, 'warn').mockImplementation(() => undefined); // the client says that it may not use INFO
    stage = await doctorStage();
  });
  afterAll(async () => {
    redis?.disconnect();
    await stage.close();
  });

  it.each([
    ['the rules that the doctor gives', () => aclRules([USERS])],
    ['everything but @dangerous', () => ['~*', '+@all', '-@dangerous']],
  ])('suffices for the sync: %s', async (_name, rules) => {
    await become(...rules());
    await stage.redis.flushall();
    await stage.db.dropDatabase();
    const warnings: string[] = [];
    const ignore = () => undefined;
    const hear = (line: string) => void warnings.push(line);
    const log = { info: ignore, debug: ignore, warn: hear, error: hear };
    const database = stage.db.databaseName;
    const engine = new SyncEngine({ mongo: stage.mongo, database, redisUrl: url, entities: [USERS], log });
    await engine.requireSafeRedis();
    engine.start();
    try {
      await carriesBothWays();
      await eventually(async () => {
        const { ledger } = await engine.status.ledger('redis-to-mongo');
        expect(ledger.outcomes).toMatchObject({ applied: 2 });
      });
    } finally {
      await engine.stop(2_000);
    }
    expect(warnings.filter((line) => line.includes('SYNC_403'))).toHaveLength(1);
    expect(warnings.filter((line) => line.includes('NOPERM'))).toEqual([]);
  });

  const carriesBothWays = async () => {
    const users = stage.db.collection('users');
    await users.insertOne({ email: 'ada@example.org', name: 'Ada' });
    const ada = KEYS.record(USERS, 'ada@example.org');
    await eventually(async () => expect(await redis.get(ada)).toContain('Ada'), { timeoutMs: 15_000 });
    const inRedis = new RedisRecordStore({ redis, entity: USERS });
    const bob = { key: 'bob@example.org', precondition: { kind: 'none' } } as const;
    await inRedis.write({ ...bob, mode: 'merge', set: { name: 'Bob' }, unset: [], create: true });
    await eventually(async () =>
      expect(await users.findOne({ email: bob.key })).toMatchObject({ name: 'Bob' }),
    );
    await inRedis.remove(bob);
    await eventually(async () => expect(await users.findOne({ email: bob.key, name: 'Bob' })).toBeNull());
  };

  it.each([
    ['the rules that the doctor gives', () => aclRules([USERS]), []],
    ['one command less', () => [...aclRules([USERS]), '-xautoclaim'], ['xautoclaim']],
    ['one pattern less', () => aclRules([USERS]).filter((rule) => rule !== '~sync:*'), ['keys sync:*']],
    ['no scripts', () => [...aclRules([USERS]), '-@scripting'], ['eval', 'evalsha']],
  ])('is told what it lacks: %s', async (_name, rules, lacking) => {
    await become(...rules());
    const before = await stage.everything();
    const [rights, ...welcome] = await redisRightsCheck(redis, USERS);
    if (lacking.length === 0) expect(rights).toMatchObject({ verdict: 'fine' });
    else
      expect(rights).toMatchObject({ verdict: 'mend', says: `the user may not use: ${lacking.join(', ')}` });
    expect(welcome.map(({ name }) => name)).toContain('rights: info');
    expect(await stage.everything()).toBe(before);
  });

  it('is asked by ACL DRYRUN where it may not use MULTI, and not at all where it may use neither', async () => {
    await become(...aclRules([USERS]), '-multi', '+acl|whoami', '+acl|dryrun', '-get');
    expect((await redisRightsCheck(redis, USERS))[0]).toMatchObject({ says: 'the user may not use: get' });
    await become(...aclRules([USERS]), '-multi');
    expect((await redisRightsCheck(redis, USERS))[0]).toMatchObject({ verdict: 'unseen' });
  });

  it('leaves unseen what it may not see, and goes on', async () => {
    await become(...aclRules([USERS]), '-function|load');
    expect(await inspectRedis(redis)).toEqual({
      evicting: false,
      volatile: false,
      policy: 'unknown',
      known: false,
    });
    expect(await loadFunctionLibrary(redis, [USERS], 1_000)).toBe(false);
    const foreign = new ForeignRecords(redis);
    expect(await foreign.runId()).not.toBe(await foreign.runId());
  });
});
