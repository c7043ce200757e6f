import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  StoreUnavailableError,
  versionOf,
  type RenameResult,
  type WriteCommand,
} from '@redis-mongo-sync/sync-core';
import * as fc from 'fast-check';
import type { Document } from 'mongodb';
import { recordWritersStage, type RecordWritersStage } from '../testing/record-writers-stage.js';
import { formerStamps, uglyFields, uglyStamps } from '../testing/ugly-documents.js';
import type { ReplaceByIdResult } from './records-by-id.js';

const seed = Number(process.env.RACES_SEED ?? Date.now() % 1_000_000);
const NONE = { kind: 'none' } as const;
const ABSENT = { kind: 'absent' } as const;
const ALWAYS = () => true;

let count = 0;
const newKey = () => `race-${(count += 1)}@example.org`;

const stamped: fc.Arbitrary<Document> = fc.oneof(
  uglyStamps,
  fc.integer({ min: 1, max: 1e6 }).map((version) => ({ _sync: { version, source: 'mongo' } })),
);
const uglyUsers = (length: number): fc.Arbitrary<Document[]> =>
  fc.array(
    fc
      .tuple(uglyFields, formerStamps, stamped)
      .map(([fields, former, stamp]) => ({ ...fields, ...former, ...stamp })),
    { minLength: length, maxLength: length },
  );

function writing(key: string, change: Partial<WriteCommand> = {}): WriteCommand {
  const set = { name: 'Ada', at: key };
  return { key, mode: 'merge', set, unset: [], create: true, precondition: NONE, ...change };
}

describe(`records by key and by id, raced (seed ${seed})`, () => {
  let stage: RecordWritersStage;
  beforeAll(async () => {
    stage = await recordWritersStage();
  });
  afterAll(() => stage.close());

  const check = <T>(values: fc.Arbitrary<T>, property: (value: T) => Promise<void>) =>
    fc.assert(fc.asyncProperty(values, property), { seed, numRuns: 12, endOnFailure: true });

  const renameByKey = (key: string, newKey: string): Promise<RenameResult> =>
    stage.byKey.rename({ ...writing(key, { set: {}, create: false }), newKey });
  const renameById = (id: string, key: string): Promise<ReplaceByIdResult> =>
    stage.byId.replace(id, { key, fields: { name: 'Ada' }, condition: ALWAYS }, stage.announce);
  const livingAt = (key: string) => stage.users.countDocuments({ email: key });

  it('many renames onto one key: one gets it, the others are told that it is taken and stay what they were', async () => {
    await check(uglyUsers(8), async (documents) => {
      const target = newKey();
      const users = await Promise.all(
        documents.map(async (document) => {
          const key = newKey();
          return { key, id: await stage.put({ ...document, email: key }), raw: await stage.raw(key) };
        }),
      );
      const results = await Promise.all(
        users.map(({ key, id }, n) => (n % 2 ? renameById(id, target) : renameByKey(key, target))),
      );
      const won = results.filter(({ outcome }) => outcome === 'renamed' || outcome === 'updated');
      expect(won).toHaveLength(1);
      expect(results.filter(({ outcome }) => outcome === 'taken')).toHaveLength(7);
      for (const [n, { key, raw }] of users.entries()) {
        if (results[n]?.outcome === 'taken') expect(await stage.raw(key)).toBe(raw);
        else expect(await stage.byKey.get(key)).toMatchObject({ state: 'deleted' });
      }
      expect(await livingAt(target)).toBe(1);
    });
  });

  it('renames beside creations of the new key: one of them all gets it', async () => {
    await check(uglyUsers(3), async (documents) => {
      const target = newKey();
      const users = await Promise.all(
        documents.map(async (document) => {
          const key = newKey();
          return { key, id: await stage.put({ ...document, email: key }) };
        }),
      );
      const create = writing(target, { precondition: ABSENT });
      const results = await Promise.all<{ readonly outcome: string }>([
        ...users.map(({ key, id }, n) => (n % 2 ? renameById(id, target) : renameByKey(key, target))),
        stage.byKey.write(create),
        stage.byId.create(target, { name: 'Ada' }),
        stage.byKey.write({ ...create, mode: 'replace' }),
      ]);
      const won = results.filter(({ outcome }) => ['renamed', 'updated', 'created'].includes(outcome));
      const refused = results.filter(({ outcome }) => ['taken', 'precondition-failed'].includes(outcome));
      expect([won.length, refused.length]).toEqual([1, 5]);
      expect(await livingAt(target)).toBe(1);
    });
  });

  it('a rename beside creations of the old key: it moves, and they come after it or are refused', async () => {
    await check(uglyUsers(1), async ([document = {}]) => {
      const [from, to] = [newKey(), newKey()];
      const id = await stage.put({ ...document, email: from });
      const [renamed, ...created] = await Promise.all([
        renameByKey(from, to),
        stage.byKey.write(writing(from, { precondition: ABSENT })),
        stage.byId.create(from, { name: 'Bob' }),
      ]);
      if (renamed.outcome !== 'renamed') throw new Error(renamed.outcome);
      expect(await stage.byId.get(id)).toMatchObject({ state: 'live', record: { key: to } });
      const [after] = created.filter(({ outcome }) => outcome === 'created');
      const old = await stage.byKey.get(from);
      expect(old.state).toBe(after ? 'live' : 'deleted');
      expect(versionOf(old)).toBeGreaterThanOrEqual(renamed.removedVersion);
    });
  });

  it('deletes beside revivals and creations: in the order of their versions they make sense', async () => {
    await check(uglyUsers(1), async ([document = {}]) => {
      const key = newKey();
      const id = await stage.put({ ...document, email: key });
      const results = await Promise.all<Document>(
        Array.from({ length: 4 }, () => [
          stage.byKey.remove({ key, precondition: NONE }),
          stage.byKey.write(writing(key)),
          stage.byId.remove(id, ALWAYS),
          stage.byId.create(key, { name: 'Bob' }),
          stage.byKey.write(writing(key, { precondition: ABSENT, mode: 'replace' })),
        ]).flat(),
      );
      const done = results
        .filter(({ outcome }) => ['removed', 'created', 'updated'].includes(outcome as string))
        .map((result) => ({
          outcome: String(result.outcome),
          version: Number(result.version ?? (result.record as Document).version),
        }))
        .sort((a, b) => a.version - b.version);
      expect(new Set(done.map(({ version }) => version)).size).toBe(done.length);
      let alive = true;
      for (const { outcome } of done) {
        expect(alive).toBe(outcome !== 'created');
        alive = outcome !== 'removed';
      }
      expect(await livingAt(key)).toBe(alive ? 1 : 0);
      expect(versionOf(await stage.byKey.get(key))).toBe(done.at(-1)?.version);
    });
  });

  it('writers with one and the same version: one is let through, whatever the stamp is made of', async () => {
    await check(uglyUsers(1), async ([document = {}]) => {
      const key = newKey();
      const id = await stage.put({ ...document, email: key });
      const seen = await stage.byKey.get(key);
      const version = versionOf(seen);
      const precondition = { kind: 'version', version } as const;
      const condition = (current: typeof seen) => current.state === 'live' && versionOf(current) === version;
      const results = await Promise.all<{ readonly outcome: string }>([
        stage.byKey.write(writing(key, { precondition })),
        stage.byId.replace(id, { fields: { name: 'Bob' }, condition }),
        stage.byKey.rename({ ...writing(key, { precondition }), newKey: newKey() }),
        stage.byKey.remove({ key, precondition }),
        stage.byId.remove(id, condition),
      ]);
      const refusals = ['precondition-failed', 'absent'];
      expect(results.filter(({ outcome }) => !refusals.includes(outcome))).toHaveLength(1);
    });
  });

  it('what is written alongside is there once for every write by id that happened', async () => {
    const key = newKey();
    await stage.announced.deleteMany({});
    const results = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const created = await stage.byId.create(
          n % 3 ? key : newKey(),
          { name: `user ${n}` },
          stage.announce,
        );
        return created.outcome === 'created'
          ? [created, await renameById(created.record.id, key)]
          : [created];
      }),
    );
    const done = results.flat().filter(({ outcome }) => outcome === 'created' || outcome === 'updated');
    expect(await stage.announced.countDocuments()).toBe(done.length);
    expect(await livingAt(key)).toBe(1);
  });

  it('a record that a transaction holds for good is refused as busy, not waited for', async () => {
    const key = newKey();
    const id = await stage.put({ email: key, name: 'held' });
    const session = stage.client.startSession();
    try {
      session.startTransaction();
      await stage.users.updateOne({ email: key }, { $set: { name: 'unfinished' } }, { session });
      const refused = [renameById(id, newKey()), renameByKey(key, newKey())];
      for (const result of await Promise.allSettled(refused)) {
        expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
      }
    } finally {
      await session.abortTransaction();
      await session.endSession();
    }
    expect(await renameByKey(key, newKey())).toMatchObject({ outcome: 'renamed' });
  });
});
