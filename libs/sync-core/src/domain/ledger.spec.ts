import { isBalanced, owedInFlight, type Ledger } from './ledger.js';
import { DIRECTIONS, OUTCOMES } from './outcome.js';

const LEDGER: Ledger = {
  captured: 100,
  outcomes: { applied: 40, stale: 20, duplicate: 10, echo: 5, superseded: 3, 'dead-lettered': 2 },
  since: 1,
};

describe('I18: the ledger', () => {
  it('owe what was captured and has no outcome', () => {
    expect(owedInFlight(LEDGER)).toBe(20);
    for (const outcome of OUTCOMES) {
      const outcomes = { ...LEDGER.outcomes, [outcome]: LEDGER.outcomes[outcome] + 1 };
      expect(owedInFlight({ ...LEDGER, outcomes })).toBe(19);
    }
  });

  it('balance when the stream holds that many', () => {
    expect([19, 20, 21].map((inFlight) => isBalanced(LEDGER, inFlight))).toEqual([false, true, false]);
  });

  it('know two directions', () => {
    expect(DIRECTIONS).toEqual(['mongo-to-redis', 'redis-to-mongo']);
  });
});
