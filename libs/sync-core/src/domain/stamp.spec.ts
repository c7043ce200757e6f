import { versionOf, type RecordState } from './record.js';
import { isSource } from './stamp.js';

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
