import { jest } from '@jest/globals';
import type { Conflict } from '@redis-mongo-sync/sync-core';
import { EngineObserver } from './engine-observer.js';

function observed() {
  const warnings: string[] = [];
  const ignore = () => undefined;
  const log = { info: ignore, debug: ignore, error: ignore, warn: (line: string) => warnings.push(line) };
  const observer = new EngineObserver(log);
  return { warnings, observer, lane: observer.lane('redis-to-mongo') };
}

function conflict(change: Partial<Conflict>): Conflict {
  const side = { updatedAt: 0, content: {} };
  return {
    entity: 'users',
    key: 'ada@example.org',
    reason: 'newer-version',
    how: 'discarded',
    winner: { ...side, version: 2, source: 'mongo' },
    loser: { ...side, version: 1, source: 'redis' },
    ...change,
  };
}

describe('EngineObserver', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells of a clock that is ahead once a minute, not with every batch', () => {
    const { warnings, lane } = observed();
    for (const skewMs of [20_000, 0, 20_000, 0, 20_000]) lane.skew(skewMs);
    expect(warnings).toEqual([expect.stringContaining('SYNC_302')]);
    jest.setSystemTime(Date.now() + 60_000);
    lane.skew(20_000);
    expect(warnings).toHaveLength(2);
  });

  it('says once that a server without pre-images does not tell what others remove', () => {
    const { warnings, observer } = observed();
    expect(observer.captureState.followsRemovals).toBeNull();
    observer.prepared({ preImages: false });
    observer.prepared({ preImages: false });
    expect(warnings).toEqual([expect.stringContaining('not followed')]);
    expect(observer.captureState.followsRemovals).toBe(false);
    observer.prepared({ preImages: true });
    expect(observer.captureState.followsRemovals).toBe(true);
  });

  it('says nothing of a few seconds', () => {
    const { warnings, lane } = observed();
    lane.skew(5_000);
    expect(warnings).toEqual([]);
  });

  it('counts a conflict for the way whose write lost: of two that were merged, for both or neither', () => {
    const { observer, lane } = observed();
    const counts = () => [
      observer.laneState('mongo-to-redis').conflicts,
      observer.laneState('redis-to-mongo').conflicts,
    ];
    lane.conflicts([conflict({})]);
    expect(counts()).toEqual([0, 1]);
    const merge = (lost: string[], overruled: string[]) =>
      conflict({ reason: 'merged', how: 'merged', fields: { merged: ['a', ...overruled], lost, overruled } });
    lane.conflicts([merge([], []), conflict({ reason: 'overtaken' })]);
    expect(counts()).toEqual([0, 1]);
    lane.conflicts([merge(['b'], ['c']), merge([], ['c'])]);
    expect(counts()).toEqual([2, 2]);
  });

  it('tells once a minute that others put something in the place of records', () => {
    const { warnings, observer } = observed();
    const hash = { type: 'hash', name: 'user:ada@example.org' };
    observer.foreign([]);
    observer.foreign([hash]);
    observer.foreign([hash, hash]);
    expect(warnings).toEqual(['SYNC_206 a hash in the place of user:ada@example.org was written over']);
    jest.setSystemTime(Date.now() + 60_000);
    observer.foreign([hash]);
    expect(warnings[1]).toMatch(/written over, and 2 more since it was told last$/);
  });
});
