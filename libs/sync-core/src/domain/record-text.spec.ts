import { formatRecord, parseRecord, recordFromText, stateFromTexts, type HeldRecord } from './record-text.js';
import { USERS } from './users.js';

const KEY = 'ada@example.org';
const HELD: HeldRecord = { version: 2_049, source: 'mongo', payload: `{"email":"${KEY}","name":"Ada"}` };
const TEXT = `{"version":2049,"source":"mongo","updatedAt":2,"email":"${KEY}","name":"Ada"}`;
const GRAVE = '{"version":2049,"source":"mongo","updatedAt":2}';

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
    for (const text of ['{"name":"Ada"}', '{"name":"Ada","version":2049,"source":"mongo","updatedAt":2}']) {
      expect(recordFromText(USERS, KEY, text)).toEqual({
        key: KEY,
        version: 0,
        source: 'redis',
        fields: { email: KEY, name: 'Ada' },
      });
    }
    for (const text of ['', '[]', 'null', '{']) expect(recordFromText(USERS, KEY, text)).toBeNull();
  });
});
