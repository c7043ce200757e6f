import { describe, expect, it } from '@jest/globals';
import { fuzzHttp } from './fuzzed-product.js';

const SEED = Number(process.env.FUZZ_SEED ?? 20_260_801);
const REQUESTS = 1_500;

describe('requests generated from the OpenAPI documents', () => {
  it(`${REQUESTS} of them, seed ${SEED}: documented answers only, guarded endpoints stay closed, stores end equal`, async () => {
    const tally = await fuzzHttp({ requests: REQUESTS, seed: SEED });
    expect(tally.failures).toEqual([]);
    expect(tally.requests).toBe(REQUESTS);
    // A generator that is refused everywhere would prove little.
    const succeeded = [...tally.statuses].filter(([status]) => status < 300).map(([, count]) => count);
    expect(succeeded.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(REQUESTS / 8);
  }, 240_000);
});
