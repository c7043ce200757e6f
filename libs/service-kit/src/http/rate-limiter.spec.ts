import { describe, expect, it } from '@jest/globals';
import { RateLimiter } from './rate-limiter.js';

describe('RateLimiter', () => {
  it('lets so many through in a second, client by client', () => {
    const limiter = new RateLimiter(2);
    const waits = (client: string, nowMs: number) => limiter.retryAfter(client, nowMs);
    expect([waits('a', 0), waits('a', 10), waits('a', 20), waits('b', 30)]).toEqual([0, 0, 1, 0]);
    expect([waits('a', 999), waits('a', 1000)]).toEqual([1, 0]);
  });

  it('starts anew when the clock is set back', () => {
    const limiter = new RateLimiter(1);
    limiter.retryAfter('a', 50_000);
    expect(limiter.retryAfter('a', 10_000)).toBe(0);
  });

  it('does not grow with the number of clients', () => {
    const limiter = new RateLimiter(1);
    for (let n = 0; n < 100_000; n += 1) limiter.retryAfter(`client ${n}`, 0);
    expect([limiter.retryAfter('late', 0), limiter.retryAfter('later', 0)]).toEqual([0, 1]);
    expect(limiter.retryAfter('client 7', 0)).toBe(1);
  });
});
