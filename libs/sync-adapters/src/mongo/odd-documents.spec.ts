import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyOccupiedError, versionOf, type WriteCommand } from '@redis-mongo-sync/sync-core';
import { Decimal128, Long, UUID, type ObjectId } from 'mongodb';
import { recordWritersStage, type RecordWritersStage } from '../testing/record-writers-stage.js';

const NONE = { kind: 'none' } as const;
const ALWAYS = () => true;

let count = 0;
const newKey = () => `odd-${(count += 1)}@example.org`;

function writing(key: string, change: Partial<WriteCommand> = {}): WriteCommand {
  return { key, mode: 'merge', set: { name: 'Ada' }, unset: [], create: true, precondition: NONE, ...change };
}

describe('documents that outsiders made', () => {
  let stage: RecordWritersStage;
  beforeAll(async () => {
    stage = await recordWritersStage();
  });
  afterAll(() => stage.close());

  describe('with a list of keys where a key belongs', () => {
    const put = async () => {
      const [key, other] = [newKey(), newKey()];
      await stage.put({ email: [key, other], name: 'two in one' });
      return key;
    };

    it('are no records, and are neither removed nor changed as such', async () => {
      const key = await put();
      const raw = await stage.raw(key);
      expect(await stage.byKey.get(key)).toEqual({ state: 'absent' });
      expect(await stage.byKey.remove({ key, precondition: NONE })).toEqual({ outcome: 'absent' });
      expect(await stage.byKey.write(writing(key, { create: false }))).toEqual({ outcome: 'absent' });
      expect(await stage.raw(key)).toBe(raw);
    });

    it('keep their keys from records that are renamed', async () => {
      const [key, from] = [await put(), newKey()];
      const { record } = (await stage.byId.create(from, { name: 'Ada' })) as { record: { id: string } };
      expect(await stage.byKey.rename({ ...writing(from), newKey: key })).toEqual({ outcome: 'taken' });
      expect(await stage.byId.replace(record.id, { key, fields: {}, condition: ALWAYS })).toEqual({
        outcome: 'taken',
      });
    });

    it('keep their keys from records that a client creates, by key and by id', async () => {
      const key = await put();
      const raw = await stage.raw(key);
      await expect(stage.byKey.write(writing(key))).rejects.toThrow(KeyOccupiedError);
      await expect(stage.byId.create(key, { name: 'Ada' })).rejects.toThrow(KeyOccupiedError);
      expect(await stage.raw(key)).toBe(raw);
    });

    it('are left out of lists', async () => {
      await put();
      const keys: string[] = [];
      for (let after: string | undefined = ''; after !== undefined;) {
        const page = await stage.byKey.list({ limit: 2, ...(after ? { after } : {}) });
        keys.push(...page.records.map(({ key }) => key));
        after = page.next;
      }
      expect(keys).toEqual([...keys].sort());
      expect((await stage.byId.list({ limit: 1000 })).records.map(({ key }) => key).sort()).toEqual(keys);
    });
  });

  it('lists by id what can be addressed by id, whatever the ids are', async () => {
    const ids = ['a text', 7, Long.MAX_VALUE, new Date(5), { a: 1 }, new UUID()];
    const keys = ids.map(() => newKey());
    for (const [index, id] of ids.entries())
      await stage.put({ _id: id as unknown as ObjectId, email: keys[index] });
    const listed = new Map<string, string>();
    let after: string | undefined;
    do {
      const page = await stage.byId.list({ limit: 2, ...(after === undefined ? {} : { after }) });
      for (const { key, id } of page.records) listed.set(key, id);
      after = page.next;
    } while (after !== undefined);
    for (const key of keys) {
      expect(await stage.byId.get(listed.get(key) ?? '')).toMatchObject({ state: 'live', record: { key } });
      expect(await stage.byKey.write(writing(key))).toMatchObject({ outcome: 'updated' });
      expect(await stage.byKey.rename({ ...writing(key), newKey: newKey() })).toMatchObject({
        outcome: 'renamed',
      });
    }
  });

  it('a version below all versions does not make a record absent', async () => {
    const key = newKey();
    await stage.put({ email: key, name: 'x', _sync: { version: -1, source: 'mongo' } });
    const raw = await stage.raw(key);
    const precondition = { kind: 'absent' } as const;
    expect(await stage.byKey.write(writing(key, { precondition }))).toMatchObject({
      outcome: 'precondition-failed',
    });
    expect(await stage.byId.create(key, { name: 'Ada' })).toMatchObject({ outcome: 'taken' });
    expect(await stage.raw(key)).toBe(raw);
  });

  it.each([
    ['no version', {}],
    ['a list', { version: [11] }],
    ['null', { version: null }],
    ['a fraction', { version: 7.5 }],
    ['a 64-bit number', { version: Long.fromNumber(9) }],
    ['a decimal', { version: Decimal128.fromString('9') }],
    ['a text', { version: '11' }],
  ])('a version that is %s can be named in a condition', async (_name, stamp) => {
    const key = newKey();
    await stage.put({ email: key, name: 'x', _sync: { source: 'mongo', ...stamp } });
    const version = versionOf(await stage.byKey.get(key));
    const stale = { kind: 'version', version: version + 1 } as const;
    expect(await stage.byKey.write(writing(key, { precondition: stale }))).toMatchObject({
      outcome: 'precondition-failed',
    });
    const precondition = { kind: 'version', version } as const;
    expect(await stage.byKey.write(writing(key, { precondition }))).toMatchObject({ outcome: 'updated' });
    expect(await stage.byKey.remove({ key, precondition })).toMatchObject({ outcome: 'precondition-failed' });
  });
});
