import * as fc from 'fast-check';
import { changeEvent, payloadOf, type ChangeEvent } from './change-event.js';
import type { EntityDefinition } from './entity.js';
import type { JsonObject } from './json.js';
import { differingFields, isMerged, mergeFields } from './merge-fields.js';
import type { FieldVersions, MongoImage } from './mongo-image.js';
import { USERS } from './users.js';

const SEED = Number(process.env.CORE_SEED ?? 20_261_127);
const RUNS = { seed: SEED, numRuns: 1_000 };
const ENTITY: EntityDefinition = { ...USERS, conflict: 'merge-fields' };
const KEY = 'ada@example.org';
const NAMES = ['name', 'nick', 'city'];

type Options = Partial<Pick<ChangeEvent, 'version' | 'base' | 'known' | 'changed'>>;

/** A Redis write at 20, on top of what Mongo had at 10. */
function write(fields: JsonObject, more: Options = {}): ChangeEvent {
  const payload = payloadOf({ email: KEY, ...fields });
  return changeEvent('redis', {
    entity: 'users',
    key: KEY,
    source: 'redis',
    version: 20,
    payload,
    base: 10,
    ...more,
  });
}

function image(fields: JsonObject, fieldVersions?: FieldVersions): MongoImage {
  const seen = fieldVersions ? { fieldVersions } : {};
  return {
    id: '"1"',
    key: KEY,
    version: 30,
    source: 'mongo',
    deleted: false,
    fields: { email: KEY, ...fields },
    ...seen,
  };
}

const at = (of: Record<string, number>, more: Partial<FieldVersions> = {}): FieldVersions => ({
  of,
  all: 0,
  ...more,
});

describe('I22: a Redis write and a document that its writer had not seen', () => {
  it('a field that Mongo did not change since is taken', () => {
    const merge = mergeFields(
      ENTITY,
      write({ name: 'R', nick: 'old' }, { changed: ['name'] }),
      image({ name: 'M', nick: 'new' }, at({ nick: 15 })),
    );
    expect(merge).toEqual({ merged: ['name'], lost: [], overruled: [], confirmed: [], known: 10 });
  });

  it.each([
    [15, 'overruled'],
    [19, 'overruled'],
    [20, 'lost'],
    [25, 'lost'],
    [10, 'taken'],
  ])(
    'of a field that Mongo changed at %s the newer change stands: the write is, or is %s',
    (changedAt, what) => {
      const { merged, lost, overruled } = mergeFields(
        ENTITY,
        write({ name: 'R' }, { changed: ['name'] }),
        image({ name: 'M' }, at({ name: changedAt })),
      );
      expect({ merged, lost, overruled }).toEqual({
        merged: what === 'lost' ? [] : ['name'],
        lost: what === 'lost' ? ['name'] : [],
        overruled: what === 'overruled' ? ['name'] : [],
      });
    },
  );

  it('a field that was removed counts like one that was set', () => {
    const merge = mergeFields(
      ENTITY,
      write({}, { changed: ['name', 'nick'] }),
      image({ name: 'M' }, at({ nick: 25 })),
    );
    expect(merge.merged).toEqual(['name']);
  });

  it('what both sides say is confirmed by the newer of the two, and nothing is lost', () => {
    const same = { name: 'A', nick: { deep: [1] } };
    const merge = mergeFields(
      ENTITY,
      write(same, { changed: ['name', 'nick'] }),
      image(same, at({ name: 15, nick: 25 })),
    );
    expect(merge).toMatchObject({ merged: [], lost: [], overruled: [], confirmed: ['name'] });
  });

  it('a write that does not say what it changed removes nothing that it had not seen', () => {
    const stored = image({ name: 'M', nick: 'seen', city: 'unseen' }, at({ name: 5, nick: 5, city: 15 }));
    const merge = mergeFields(ENTITY, write({ name: 'R' }), stored);
    expect(merge).toMatchObject({ merged: ['name', 'nick'], lost: ['city'] });
  });

  it('of a field that a Redis write set, the version of that write is compared', () => {
    const stored = image({ name: 'R0' }, at({ name: 31 }, { made: { name: 15 } }));
    const concurrent = mergeFields(ENTITY, write({ name: 'R' }, { changed: ['name'] }), stored);
    expect(concurrent).toMatchObject({ merged: ['name'], overruled: ['name'] });
    const onTop = mergeFields(
      ENTITY,
      write({ name: 'R' }, { changed: ['name'], base: 15, known: 10 }),
      stored,
    );
    expect(onTop).toMatchObject({ merged: ['name'], overruled: [] });
  });

  it('who has not seen a merge knows no more than the write that was merged', () => {
    const mark = { at: 25, made: 15, claimed: 8, known: 8 };
    const stored = image({ city: 'M' }, at({ city: 12 }, { merged: mark }));
    const onTop = { base: 15, known: 14, changed: ['city'] };
    expect(mergeFields(ENTITY, write({ city: 'R' }, onTop), stored)).toMatchObject({
      overruled: ['city'],
      known: 8,
    });
    const later = { base: 25, known: 25, version: 40, changed: ['city'] };
    expect(mergeFields(ENTITY, write({ city: 'R' }, later), stored)).toMatchObject({
      overruled: [],
      known: 25,
    });
  });

  it('owned, secret and system fields and the key are none of the write’s business', () => {
    const changed = ['email', 'wallet', 'passwordHash', '_sync', '_id', 'name'];
    expect(
      mergeFields(ENTITY, write({ name: 'R', wallet: 9 }, { changed }), image({ wallet: 1 })),
    ).toMatchObject({
      merged: ['name'],
      lost: [],
    });
  });

  it('names of fields are names only', () => {
    const fields = JSON.parse('{"__proto__":"R","constructor":"R"}') as JsonObject;
    const merge = mergeFields(
      ENTITY,
      write(fields, { changed: ['__proto__', 'constructor'] }),
      image({}, at({})),
    );
    expect(merge).toMatchObject({ merged: ['__proto__', 'constructor'], lost: [] });
  });

  it('a write that was merged, or is below one that was, is known again', () => {
    const stored = image({}, at({}, { merged: { at: 31, made: 20, claimed: 10, known: 7 } }));
    const isKnown = (version: number) => isMerged({ version }, stored);
    expect([10, 11, 20, 21].map(isKnown)).toEqual([false, true, true, false]);
    expect(isMerged({ version: 20 }, image({}))).toBe(false);
  });
});

describe(`I22: mergeFields (seed ${SEED})`, () => {
  const value = fc.constantFrom('a', 'b', undefined);
  const fieldsOf = (values: readonly (string | undefined)[]): JsonObject =>
    Object.fromEntries(
      NAMES.flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]]])),
    );
  const fields = fc.tuple(value, value, value).map(fieldsOf);
  const versions = fc.record({
    of: fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: 1, max: 40 })),
    all: fc.integer({ min: 0, max: 40 }),
  });
  const changed = fc.option(fc.subarray(NAMES), { nil: undefined });

  it('decides each field that the write names, once, and no other', () => {
    fc.assert(
      fc.property(fields, fields, versions, changed, (incoming, present, fieldVersions, names) => {
        const event = write(incoming, names ? { changed: names } : {});
        const { merged, lost, overruled, confirmed } = mergeFields(
          ENTITY,
          event,
          image(present, fieldVersions),
        );
        const decided = [...merged, ...lost, ...confirmed];
        expect(new Set(decided).size).toBe(decided.length);
        for (const name of decided) expect(names ?? NAMES).toContain(name);
        for (const name of overruled) expect(merged).toContain(name);
        const apart = differingFields(incoming, present).filter((name) => (names ?? NAMES).includes(name));
        expect(new Set([...merged, ...lost])).toEqual(new Set(apart));
      }),
      RUNS,
    );
  });

  it('loses no field that Mongo left alone since the writer looked', () => {
    fc.assert(
      fc.property(fields, fields, versions, changed, (incoming, present, fieldVersions, names) => {
        const event = write(incoming, names ? { changed: names } : {});
        const { lost, overruled } = mergeFields(ENTITY, event, image(present, fieldVersions));
        for (const name of [...lost, ...overruled])
          expect(Math.max(fieldVersions.all, fieldVersions.of[name] ?? 0)).toBeGreaterThan(10);
      }),
      RUNS,
    );
  });
});
