import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { torture } from './torture.js';

const script = join(process.cwd(), 'dist/libs/embedded-mongo/torture/server.js');
const isBuilt = existsSync(script);
const title = `kill -9 under load${isBuilt ? '' : ' (skipped: npm run build makes the server to be killed)'}`;

(isBuilt ? describe : describe.skip)(title, () => {
  it('loses nothing that was acknowledged, and no event', async () => {
    const seed = 20_26;
    const report = await torture({ kills: 5, writers: 6, seed, fsync: 'interval' }, script);
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
