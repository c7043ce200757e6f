import { versionOf, type RecordState } from './record.js';
import { compareStamps, isSource, type Stamp } from './stamp.js';

const mongo = (version: number): Stamp => ({ version, source: 'mongo' });
const redis = (version: number): Stamp => ({ version, source: 'redis' });

describe('the order of stamps', () => {
  it.each([
    [mongo(2), redis(1), 1],
    [redis(2), mongo(1), 1],
    [mongo(1), redis(2), -1],
    [redis(1), mongo(2), -1],
    [mongo(1), redis(1), 1],
    [redis(1), mongo(1), -1],
    [mongo(1), mongo(1), 0],
    [redis(1), redis(1), 0],
  ])('%j against %j: %d', (a, b, sign) => {
    expect(Math.sign(compareStamps(a, b))).toBe(sign);
  });
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
    [{ state: 'deleted', stamp: mongo(8) }, 8],
    [{ state: 'absent' }, 0],
  ])('%j', (state, version) => {
    expect(versionOf(state)).toBe(version);
  });
});
