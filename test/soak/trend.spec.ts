import { trendOf, verdictOf } from './trend.js';

const MINUTE = 60_000;
const series = (valueAt: (minute: number) => number, count = 60) =>
  Array.from({ length: count }, (_, minute) => ({ at: minute * MINUTE, value: valueAt(minute) }));
const noise = (minute: number) => ((minute * 7_919) % 13) - 6;

describe('the trend of a soak', () => {
  it('of a line is its slope, for certain', () => {
    const trend = trendOf(series((minute) => 100 + 2 * minute));
    expect(trend).toMatchObject({ first: 100, last: 218, max: 218 });
    expect(trend?.perHour).toBeCloseTo(120);
    expect(trend?.uncertainty).toBeCloseTo(0);
    expect(trend && verdictOf(trend, 60)).toBe('growing');
    expect(trend && verdictOf(trend, 121)).toBe('flat');
  });

  it('of noise is flat within its bounds', () => {
    const trend = trendOf(series((minute) => 500 + noise(minute)));
    expect(trend && Math.abs(trend.perHour)).toBeLessThan(trend?.uncertainty ?? 0);
    expect(trend && verdictOf(trend, 10)).toBe('flat');
  });

  it('notices growth under noise, and says when it cannot tell', () => {
    const long = trendOf(series((minute) => minute + 3 * noise(minute)));
    expect(long && verdictOf(long, 5)).toBe('growing');
    const short = trendOf(series((minute) => (minute % 2) * 60, 5));
    expect(short && verdictOf(short, 5)).toBe('unclear');
  });

  it('needs three samples', () => {
    expect(trendOf(series(() => 1, 2))).toBeNull();
    expect(trendOf(series(() => 1, 0))).toBeNull();
  });
});
