import * as fc from 'fast-check';
import { payloadOf } from './change-event.js';
import type { JsonObject } from './json.js';
import { formatRecord, parseRecord, recordFromText, stateFromTexts, type HeldRecord } from './record-text.js';
import { USERS } from './users.js';

const SEED = Number(process.env.CORE_SEED ?? 20_261_127);
const KEY = 'ada@example.org';
const HELD: HeldRecord = { version: 2_049, source: 'mongo', payload: `{"email":"${KEY}","name":"Ada"}` };
const TEXT = `{"_sync":{"version":2049,"source":"mongo","updatedAt":2},"email":"${KEY}","name":"Ada"}`;
const GRAVE = '{"_sync":{"version":2049,"source":"mongo","updatedAt":2}}';

describe('the text of a record in Redis', () => {
  it('begins with the stamp; a tombstone is the stamp alone', () => {
    expect(formatRecord(HELD)).toBe(TEXT);
    expect(formatRecord({ ...HELD, payload: null })).toBe(GRAVE);
  });

  it('comes back as it went', () => {
    for (const held of [HELD, { ...HELD, payload: null }])
      expect(parseRecord(formatRecord(held))).toEqual(held);
  });

  it('is living, deleted or absent by the key it stands at', () => {
    const live = { key: KEY, version: 2_049, source: 'mongo', fields: { email: KEY, name: 'Ada' } };
    const state = (record: string | null, tombstone: string | null) =>
      stateFromTexts(USERS, KEY, { record, tombstone });
    expect(state(TEXT, null)).toEqual({ state: 'live', record: live });
    expect(state(TEXT, GRAVE)).toEqual({ state: 'live', record: live });
    expect(state(null, GRAVE)).toEqual({ state: 'deleted', stamp: { version: 2_049, source: 'mongo' } });
    expect(state('no JSON', GRAVE)).toMatchObject({ state: 'deleted' });
    expect(state('no JSON', '{}')).toEqual({ state: 'absent' });
    expect(state(null, null)).toEqual({ state: 'absent' });
  });

  it('of an outsider is a record of version 0, whatever it says of itself', () => {
    const stamp = '"_sync":{"version":2049,"source":"mongo","updatedAt":2}';
    const spaced = stamp.replace(':{', ': {');
    for (const text of ['{"name":"Ada"}', `{"name":"Ada",${stamp}}`, `{${spaced},"name":"Ada"}`]) {
      expect(recordFromText(USERS, KEY, text)).toEqual({
        key: KEY,
        version: 0,
        source: 'redis',
        fields: { email: KEY, name: 'Ada' },
      });
    }
    for (const text of ['', '[]', 'null', '{']) expect(recordFromText(USERS, KEY, text)).toBeNull();
  });

  it(`comes back as it went, whatever the fields are called (seed ${SEED})`, () => {
    const names = fc.oneof(
      fc.constantFrom(
        'version',
        'source',
        'updatedAt',
        'deleted',
        'purgeAt',
        'email',
        '$oid',
        '__proto__',
        '',
      ),
      fc.string({ unit: 'grapheme' }),
    );
    const helds = fc.record({
      version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      source: fc.constantFrom('mongo' as const, 'redis' as const),
      payload: fc.option(
        fc
          .array(fc.tuple(names, fc.jsonValue()), { minLength: 1 })
          .map((entries) => payloadOf(JSON.parse(JSON.stringify(Object.fromEntries(entries))) as JsonObject)),
      ),
    });
    fc.assert(
      fc.property(helds, (held) => {
        const text = formatRecord(held);
        expect(parseRecord(text)).toEqual(held);
        expect(JSON.parse(text)).toMatchObject({ _sync: { version: held.version, source: held.source } });
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
