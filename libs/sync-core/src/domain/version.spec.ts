import { isVersion, nextVersion, skewMs, TICKS_PER_MS, updatedAtOf, versionAt } from './version.js';

describe('versions', () => {
  it('I16: the next one is the clock’s, or one above the stored one when the clock is behind', () => {
    expect(TICKS_PER_MS).toBe(1024);
    expect(nextVersion(1_000, 0)).toBe(1_024_000);
    expect(nextVersion(1_000, 1_023_998)).toBe(1_024_000);
    expect(nextVersion(1_000, 1_023_999)).toBe(1_024_000);
    expect(nextVersion(1_000, 1_024_000)).toBe(1_024_001);
    expect(nextVersion(1_000, 5_000_000)).toBe(5_000_001);
  });

  it('tell when they were made', () => {
    expect(versionAt(1_000)).toBe(1_024_000);
    expect(updatedAtOf(1_024_000)).toBe(1_000);
    expect(updatedAtOf(1_025_023)).toBe(1_000);
    expect(updatedAtOf(1_025_024)).toBe(1_001);
  });

  it('tell how far they lie ahead', () => {
    expect(skewMs(1_024_000, 900)).toBe(100);
    expect(skewMs(1_024_000, 1_100)).toBe(-100);
  });

  it.each([
    [1, true],
    [Number.MAX_SAFE_INTEGER, true],
    [0, false],
    [-1, false],
    [1.5, false],
    [Number.MAX_SAFE_INTEGER + 1, false],
    [Number.NaN, false],
    ['1', false],
    [null, false],
    [undefined, false],
    [1n, false],
  ])('%p can be one: %s', (value, can) => {
    expect(isVersion(value)).toBe(can);
  });
});
