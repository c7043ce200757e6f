import { torture } from './torture.js';

describe('kill -9 under load', () => {
  it('loses nothing that was acknowledged, and no event', async () => {
    const seed = 20_26;
    const report = await torture({ kills: 5, writers: 6, seed, fsync: 'interval' });
    expect({ seed, ...report }).toMatchObject({
      seed,
      kills: 5,
      lost: [],
      twice: [],
      duplicatedEvents: [],
      missingEvents: [],
      surprises: [],
    });
    expect(report.acknowledged).toBeGreaterThan(50);
    expect(report.events).toBeGreaterThan(report.acknowledged);
  }, 120_000);
});
