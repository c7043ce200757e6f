import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Json, JsonObject } from '../domain/json.js';
import { versionOf, type RecordState } from '../domain/record.js';
import type { Source } from '../domain/stamp.js';
import { TICKS_PER_MS } from '../domain/version.js';
import type { Precondition, RecordStore, WriteCommand } from '../ports/record-store.js';

/** A store under test: one for all cases, which use keys of their own. Its entity has the key field `email`. */
interface StoreUnderTest {
  readonly store: RecordStore;
  readonly close: () => Promise<void>;
}

const NONE: Precondition = { kind: 'none' };
const DAY_MS = 24 * 60 * 60 * 1000;

let count = 0;
const newKey = (name = 'user') => `${name}-${(count += 1)}@example.org`;

function writing(key: string, set: JsonObject, change: Partial<WriteCommand> = {}): WriteCommand {
  return { key, mode: 'merge', set, unset: [], create: true, precondition: NONE, ...change };
}

function live(state: RecordState) {
  if (state.state !== 'live') throw new Error(`expected a living record, but it is ${state.state}`);
  return state.record;
}

interface ContractSubject {
  readonly name: string;
  /** Which side the store is: only Mongo changes keys. */
  readonly source: Source;
  readonly makeStore: () => Promise<StoreUnderTest>;
}

/** What every {@link RecordStore} does. Call it in a spec file, once per store. */
export function recordStoreContract({ name, source, makeStore }: ContractSubject): void {
  describe(`record store contract: ${name}`, () => {
    let under: StoreUnderTest;
    beforeAll(async () => {
      under = await makeStore();
    });
    afterAll(async () => {
      await under.close();
    });
    const stores = { current: () => under.store, source };
    writeContract(stores);
    preconditionContract(stores);
    removeContract(stores);
    concurrencyContract(stores);
    valueContract(stores);
    listContract(stores);
    if (source === 'mongo') renameContract(stores);
    else noRenameContract(stores);
  });
}

interface Stores {
  readonly current: () => RecordStore;
  readonly source: Source;
}

function writeContract({ current, source }: Stores): void {
  it('knows nothing of a key that was never written', async () => {
    expect(await current().get(newKey())).toEqual({ state: 'absent' });
  });

  it('creates a record with the store as its source and the time as its version', async () => {
    const key = newKey();
    const result = await current().write(writing(key, { name: 'Ada' }));
    if (result.outcome !== 'created') throw new Error(result.outcome);
    expect(result.record).toMatchObject({ key, source, fields: { email: key, name: 'Ada' } });
    expect(Math.abs(result.record.version / TICKS_PER_MS - Date.now())).toBeLessThan(DAY_MS);
    expect(live(await current().get(key))).toEqual(result.record);
  });

  it('merges top-level fields, and removes those to be unset', async () => {
    const key = newKey();
    await current().write(writing(key, { name: 'Ada', a: { x: 1, y: 2 }, b: 1, c: null }));
    await current().write(writing(key, { a: { z: 3 } }, { unset: ['b', 'never-there'] }));
    expect(live(await current().get(key)).fields).toEqual({
      email: key,
      name: 'Ada',
      a: { z: 3 },
      c: null,
    });
  });

  it('replaces the profile', async () => {
    const key = newKey();
    await current().write(writing(key, { name: 'Ada', a: 1 }));
    await current().write(writing(key, { name: 'Ada L.' }, { mode: 'replace' }));
    expect(live(await current().get(key)).fields).toEqual({ email: key, name: 'Ada L.' });
  });

  it('creates nothing when it must not', async () => {
    const key = newKey();
    expect(await current().write(writing(key, { a: 1 }, { create: false }))).toEqual({ outcome: 'absent' });
    expect(await current().get(key)).toEqual({ state: 'absent' });
  });

  it('gives every write a higher version', async () => {
    const key = newKey();
    let last = 0;
    for (let n = 0; n < 20; n += 1) {
      await current().write(writing(key, { name: 'Ada', n }));
      const { version } = live(await current().get(key));
      expect(version).toBeGreaterThan(last);
      last = version;
    }
  });
}

function preconditionContract({ current }: Stores): void {
  const states = {
    live: async (key: string) => {
      await current().write(writing(key, { name: 'Ada' }));
    },
    deleted: async (key: string) => {
      await current().write(writing(key, { name: 'Ada' }));
      await current().remove({ key, precondition: NONE });
    },
    absent: () => Promise.resolve(),
  };

  it.each([
    ['live', 'none', true],
    ['live', 'exists', true],
    ['live', 'absent', false],
    ['live', 'version', true],
    ['live', 'other', false],
    ['deleted', 'none', true],
    ['deleted', 'exists', false],
    ['deleted', 'absent', true],
    ['deleted', 'version', false],
    ['absent', 'none', true],
    ['absent', 'exists', false],
    ['absent', 'absent', true],
    ['absent', 'other', false],
  ] as const)('a %s record, precondition %s: may be written is %s', async (state, kind, allowed) => {
    const key = newKey();
    await states[state](key);
    const before = await current().get(key);
    const precondition = preconditionOf(kind, before);
    const result = await current().write(writing(key, { name: 'Bob' }, { precondition }));
    if (allowed) {
      expect(result.outcome).toBe(state === 'live' ? 'updated' : 'created');
      return;
    }
    expect(result).toEqual({ outcome: 'precondition-failed', current: before });
    expect(await current().get(key)).toEqual(before);
  });

  it.each([
    ['live', 'none', 'removed'],
    ['live', 'exists', 'removed'],
    ['live', 'version', 'removed'],
    ['live', 'other', 'precondition-failed'],
    ['live', 'absent', 'precondition-failed'],
    ['deleted', 'none', 'absent'],
    ['deleted', 'exists', 'precondition-failed'],
    ['absent', 'none', 'absent'],
    ['absent', 'other', 'precondition-failed'],
  ] as const)('a %s record, precondition %s: removing is %s', async (state, kind, outcome) => {
    const key = newKey();
    await states[state](key);
    const before = await current().get(key);
    const result = await current().remove({ key, precondition: preconditionOf(kind, before) });
    expect(result.outcome).toBe(outcome);
    if (outcome !== 'removed') expect(await current().get(key)).toEqual(before);
  });
}

function preconditionOf(kind: Precondition['kind'] | 'other', before: RecordState): Precondition {
  if (kind === 'other') return { kind: 'version', version: versionOf(before) + 1 };
  return kind === 'version' ? { kind, version: versionOf(before) } : { kind };
}

function removeContract({ current, source }: Stores): void {
  it('leaves a tombstone above the record, and a new record above the tombstone', async () => {
    const key = newKey();
    await current().write(writing(key, { name: 'Ada', secret: 'old' }));
    const { version } = live(await current().get(key));
    const removed = await current().remove({ key, precondition: NONE });
    if (removed.outcome !== 'removed') throw new Error(removed.outcome);
    expect(removed.version).toBeGreaterThan(version);
    const stamp = { version: removed.version, source };
    expect(await current().get(key)).toEqual({ state: 'deleted', stamp });

    const again = await current().write(writing(key, { name: 'Ada' }));
    if (again.outcome !== 'created') throw new Error(again.outcome);
    expect(again.record.version).toBeGreaterThan(removed.version);
    expect(again.record.fields).toEqual({ email: key, name: 'Ada' });
  });
}

function concurrencyContract({ current }: Stores): void {
  it('loses no field of concurrent merges, and gives each its own version', async () => {
    const key = newKey();
    await current().write(writing(key, { name: 'Ada' }));
    const fields = Array.from({ length: 16 }, (_, n) => `f${n}`);
    const results = await Promise.all(
      fields.map((field) => current().write(writing(key, { [field]: field }))),
    );
    const versions = results.map((result) => (result.outcome === 'updated' ? result.record.version : 0));
    expect(new Set(versions).size).toBe(fields.length);
    expect(live(await current().get(key)).fields).toMatchObject(
      Object.fromEntries(fields.map((field) => [field, field])),
    );
  });

  it('lets one of several writers with the same version through', async () => {
    const key = newKey();
    await current().write(writing(key, { name: 'Ada' }));
    const precondition = { kind: 'version', version: live(await current().get(key)).version } as const;
    const results = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) => current().write(writing(key, { n }, { precondition }))),
    );
    expect(results.filter(({ outcome }) => outcome === 'updated')).toHaveLength(1);
  });

  it('lets one of several creators through', async () => {
    const key = newKey();
    const precondition = { kind: 'absent' } as const;
    const results = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) => current().write(writing(key, { name: 'Ada', n }, { precondition }))),
    );
    expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'precondition-failed')).toHaveLength(5);
  });
}

const SPECIAL: JsonObject = {
  empty: {},
  none: [],
  nothing: null,
  deep: { list: [[], {}, [{ a: [] }]] },
  max: Number.MAX_SAFE_INTEGER,
  min: Number.MIN_SAFE_INTEGER,
  big: 2 ** 31,
  fraction: 0.1,
  tiny: 5e-324,
  huge: 1.5e300,
  dollar: '$name',
  variable: '$$NOW',
  unicode: 'Ünïcødé 𝒳 \u{1f9d1}\u200d\u{1f4bb} \u2028 "quoted" \\ \n\t\u0001',
  date: '2026-11-21T00:00:00.000Z',
  $type: 'no operator',
};

function valueContract({ current }: Stores): void {
  it('keeps values exactly', async () => {
    const { $type: _notAllowedByTheEdge, ...fields } = SPECIAL;
    const key = newKey();
    await current().write(writing(key, { name: 'Ada', ...fields }));
    expect(live(await current().get(key)).fields).toEqual({ email: key, name: 'Ada', ...fields });
  });

  it('keeps any profile exactly', async () => {
    await fc.assert(
      fc.asyncProperty(profiles(), async (profile) => {
        const key = newKey();
        await current().write(writing(key, { name: 'Ada', ...profile }, { mode: 'replace' }));
        expect(live(await current().get(key)).fields).toEqual({ email: key, name: 'Ada', ...profile });
      }),
      { numRuns: 40 },
    );
  });
}

/** Profiles as the HTTP edge lets them through. */
function profiles(): fc.Arbitrary<JsonObject> {
  const names = fc
    .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
    .filter((name) => !/^\$|[.\0]|^(__proto__|constructor|prototype)$/.test(name))
    .map((name) => `p${name}`);
  const scalars: fc.Arbitrary<Json> = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((value) => value + 0),
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
  );
  const { tree } = fc.letrec<{ tree: Json; list: Json; object: JsonObject }>((tie) => ({
    tree: fc.oneof({ depthSize: 'small' }, scalars, tie('list'), tie('object')),
    list: fc.array(tie('tree'), { maxLength: 3 }),
    object: fc.dictionary(names, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
  }));
  return fc.dictionary(names, tree, { maxKeys: 5, noNullPrototype: true });
}

function listContract({ current }: Stores): void {
  it('lists living records in the order of their keys, page by page', async () => {
    const prefix = newKey('zz-list').replace('@example.org', '');
    const keys = ['b', 'a', 'e', 'c', 'd'].map((letter) => `${prefix}-${letter}@example.org`);
    for (const key of keys) await current().write(writing(key, { name: 'Ada' }));
    await current().remove({ key: `${prefix}-c@example.org`, precondition: NONE });

    const found: string[] = [];
    let after: string | undefined = prefix;
    while (after !== undefined) {
      const page = await current().list({ limit: 2, after });
      expect(page.records.length).toBeLessThanOrEqual(2);
      found.push(...page.records.map(({ key }) => key));
      after = page.next;
    }
    expect(found).toEqual(['a', 'b', 'd', 'e'].map((letter) => `${prefix}-${letter}@example.org`));
  });
}

function noRenameContract({ current }: Stores): void {
  it('says why, where it cannot change a key', async () => {
    const key = newKey();
    await current().write(writing(key, { name: 'Ada' }));
    const before = await current().get(key);
    const result = await current().rename({ ...writing(key, {}), newKey: newKey() });
    expect(result).toMatchObject({ outcome: 'unsupported', reason: expect.any(String) });
    expect(await current().get(key)).toEqual(before);
  });
}

function renameContract({ current }: Stores): void {
  it('moves a record to a new key and leaves a tombstone at the old one', async () => {
    const [from, to] = [newKey(), newKey()];
    await current().write(writing(from, { name: 'Ada', kept: 1 }));
    const { version } = live(await current().get(from));
    const result = await current().rename({ ...writing(from, { more: 2 }), newKey: to });
    if (result.outcome !== 'renamed') throw new Error(result.outcome);
    expect(result.record.version).toBeGreaterThan(version);
    expect(live(await current().get(to)).fields).toEqual({ email: to, name: 'Ada', kept: 1, more: 2 });
    const old = await current().get(from);
    expect(old.state).toBe('deleted');
    expect(versionOf(old)).toBeGreaterThanOrEqual(result.removedVersion);
  });

  it('moves a record to the key of a deleted one, above its tombstone', async () => {
    const [from, to] = [newKey(), newKey()];
    await current().write(writing(from, { name: 'Ada' }));
    await current().write(writing(to, { name: 'Bob', old: true }));
    await current().remove({ key: to, precondition: NONE });
    const tombstone = versionOf(await current().get(to));
    const result = await current().rename({ ...writing(from, {}), newKey: to });
    if (result.outcome !== 'renamed') throw new Error(result.outcome);
    expect(result.record.version).toBeGreaterThan(tombstone);
    expect(result.record.fields).toEqual({ email: to, name: 'Ada' });
  });

  it('does not take the key of a living record, nor rename what is not there or has changed', async () => {
    const [from, to] = [newKey(), newKey()];
    expect(await current().rename({ ...writing(from, {}), newKey: to })).toEqual({ outcome: 'absent' });
    await current().write(writing(from, { name: 'Ada' }));
    const before = await current().get(from);
    const precondition = { kind: 'version', version: 1 } as const;
    expect(await current().rename({ ...writing(from, {}, { precondition }), newKey: to })).toEqual({
      outcome: 'precondition-failed',
      current: before,
    });
    await current().write(writing(to, { name: 'Bob' }));
    expect(await current().rename({ ...writing(from, {}), newKey: to })).toEqual({ outcome: 'taken' });
    expect(await current().rename({ ...writing(newKey(), {}), newKey: to })).toEqual({ outcome: 'absent' });
    expect(await current().get(from)).toEqual(before);
  });
}
