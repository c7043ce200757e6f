import { versionOf, type RecordState } from './record.js';
import { isSource, stampFields } from './stamp.js';

it('stands in documents with the time it tells', () => {
  const stamp = { version: 2_049, source: 'redis' } as const;
  expect(stampFields({ ...stamp, ...{ key: 'a' } })).toEqual({ ...stamp, updatedAt: 2 });
});

describe('isSource', () => {
  it.each([
    ['mongo', true],
    ['redis', true],
    ['', false],
    [undefined, false],
  ])('%j: %s', (value, is) => {
    expect(isSource(value)).toBe(is);
  });
});

describe('versionOf', () => {
  it.each<[RecordState, number]>([
    [{ state: 'live', record: { key: 'a', fields: {}, version: 7, source: 'redis' } }, 7],
    [{ state: 'deleted', stamp: { version: 8, source: 'mongo' } }, 8],
    [{ state: 'absent' }, 0],
  ])('%j', (state, version) => {
    expect(versionOf(state)).toBe(version);
  });
});
