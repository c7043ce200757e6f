import { stampFields } from '@redis-mongo-sync/sync-core';
import fc from 'fast-check';
import { shownStamp, withoutAnswered } from './read-back.js';

const STAMP = { version: 1_850_880_000_000_000, source: 'mongo' } as const;
const { updatedAt } = stampFields(STAMP);
const _sync = { ...STAMP, updatedAt };

describe('the stamp in answers', () => {
  it('is shown as _sync and, where the record has no such fields, at the top level', () => {
    expect(shownStamp(STAMP, { name: 'Ada' })).toEqual({ ...STAMP, updatedAt, _sync });
  });

  it("never takes the place of the record's own fields, and says which they are", () => {
    expect(shownStamp(STAMP, { version: '1.2', source: null })).toEqual({
      updatedAt,
      _sync: { ..._sync, own: ['version', 'source'] },
    });
  });
});

describe('a body that was read before', () => {
  it('loses what the answer had added, and keeps what the client changed', () => {
    const body = { name: 'Ada', ...shownStamp(STAMP, {}) };
    expect(withoutAnswered(body)).toEqual({ name: 'Ada' });
    expect(withoutAnswered({ ...body, version: 2 })).toEqual({ name: 'Ada', version: 2 });
    expect(withoutAnswered({ ...body, id: 'x' }, ['id'])).toEqual({ name: 'Ada' });
    const unstamped = { name: 'Ada', ...shownStamp({ version: 0, source: 'mongo' }, {}) };
    expect(withoutAnswered(unstamped)).toEqual({ name: 'Ada' });
  });

  it('is any other body without _sync, or with one that is no stamp', () => {
    for (const body of [
      { version: STAMP.version, updatedAt, source: 'mongo', id: 'x' },
      { _sync: { version: -1, updatedAt, source: 'mongo' }, source: 'mongo' },
      { _sync: [STAMP], source: 'mongo' },
      { _sync: { ..._sync, own: 'source' }, source: 'mongo' },
      { _sync: null },
    ])
      expect(withoutAnswered(body, ['id'])).toBe(body);
  });

  it('GET → PUT gives every record back as it was, whatever its fields are called', () => {
    const value = fc.oneof(
      fc.constantFrom(...Object.values(_sync)),
      fc.string(),
      fc.integer(),
      fc.constant(null),
    );
    const names = fc.constantFrom('version', 'updatedAt', 'source', 'own', 'name', 'deleted', 'purgeAt');
    fc.assert(
      fc.property(fc.dictionary(names, value, { noNullPrototype: true }), (fields) => {
        expect(withoutAnswered({ ...fields, ...shownStamp(STAMP, fields) })).toEqual(fields);
      }),
    );
  });
});
