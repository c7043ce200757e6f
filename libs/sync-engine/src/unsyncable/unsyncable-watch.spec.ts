import { USERS } from '@redis-mongo-sync/sync-core';
import { UnsyncableWatch, type UnsyncableCounts } from './unsyncable-watch.js';

const MINUTE = 60_000;

describe('UnsyncableWatch', () => {
  let listed: UnsyncableCounts[string];
  let ours: boolean;
  let now: number;
  let alerts: string[];
  let watch: UnsyncableWatch;
  beforeEach(() => {
    listed = {};
    ours = true;
    now = 1_800_000_000_000;
    alerts = [];
    watch = new UnsyncableWatch({
      entities: [USERS],
      count: () => Promise.resolve(listed),
      alert: (code, message) => void alerts.push(`${code} ${message}`),
      isOurs: () => ours,
      now: () => now,
    });
  });

  it('says nothing of an empty list', async () => {
    expect(await watch.look()).toEqual({ users: {} });
    expect(alerts).toEqual([]);
  });

  it('tells once of documents that came onto the list, not once of each', async () => {
    listed = { 'missing-key': 1 };
    await watch.look();
    listed = { 'missing-key': 900, 'wrong-key-type': 2, unreadable: 0 };
    await watch.look();
    await watch.look();
    expect(alerts).toEqual(['SYNC_107 1 document is not synced: users missing-key 1']);
    now += 10 * MINUTE;
    await watch.look();
    await watch.look();
    expect(alerts.slice(1)).toEqual([
      'SYNC_107 902 documents are not synced: users missing-key 900, users wrong-key-type 2',
    ]);
  });

  it('tells of new ones after others were mended, and of none that went', async () => {
    listed = { 'key-not-normal': 5 };
    await watch.look();
    listed = { 'key-not-normal': 1 };
    now += 10 * MINUTE;
    await watch.look();
    expect(alerts).toHaveLength(1);
    listed = { 'key-not-normal': 3 };
    await watch.look();
    expect(alerts).toHaveLength(2);
  });

  it('leaves the telling to the process that captures', async () => {
    ours = false;
    listed = { 'missing-key': 1 };
    expect(await watch.look()).toEqual({ users: { 'missing-key': 1 } });
    expect(alerts).toEqual([]);
    ours = true;
    await watch.look();
    expect(alerts).toHaveLength(1);
  });

  it('knows nothing while MongoDB does not answer', async () => {
    await watch.look();
    const failing = new UnsyncableWatch({
      entities: [USERS],
      count: () => Promise.reject(new Error('down')),
      alert: (code) => void alerts.push(code),
    });
    expect(await failing.look()).toBeNull();
    expect(failing.counts).toBeNull();
    expect(alerts).toEqual([]);
  });
});
