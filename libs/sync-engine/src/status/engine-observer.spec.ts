import { jest } from '@jest/globals';
import { EngineObserver } from './engine-observer.js';

function observed() {
  const warnings: string[] = [];
  const ignore = () => undefined;
  const log = { info: ignore, debug: ignore, error: ignore, warn: (line: string) => warnings.push(line) };
  return { warnings, lane: new EngineObserver(log).lane('redis-to-mongo') };
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

  it('says nothing of a few seconds', () => {
    const { warnings, lane } = observed();
    lane.skew(5_000);
    expect(warnings).toEqual([]);
  });
});
