import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import type { ConflictPageView, RestoredView } from '@redis-mongo-sync/sync-engine';
import { eventually } from '@redis-mongo-sync/testing';
import { ADMIN_TOKEN, Services, type Side } from '../support/services.js';

describeWith(describe, redisUnavailableReason())('a product that merges fields', () => {
  let product: Services;
  let n = 0;
  const newEmail = () => `merged${n++}@example.org`;

  beforeAll(async () => {
    product = await Services.start('shared', { SYNC_CONFLICT_USERS: 'merge-fields' });
  }, 60_000);
  afterAll(() => product.stop());

  const patch = async (side: Side, email: string, fields: object) => {
    const before = Date.now();
    await eventually(() => Date.now() > before + 1); // no two writes in one millisecond: the later one is newer
    const answer = await product.ask('PATCH', `/${side}/users/${email}`, fields);
    expect(answer.status).toBe(200);
  };

  /** Writes while nothing syncs: neither side knows of the other. */
  async function unaware(email: string, write: () => Promise<void>): Promise<void> {
    const created = { email, name: 'Ada', city: 'London', age: 36 };
    expect((await product.post('mongo-first', created, '?waitFor=synced&timeoutMs=20000')).status).toBe(201);
    await product.settled();
    await product.sync.end('SIGTERM');
    await write();
    await product.sync.launch();
    await product.settled();
  }

  const shown = async (side: Side, email: string) => (await product.get(side, email)).body;

  async function admin<T>(path: string, method = 'GET'): Promise<T> {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    return (await (await fetch(product.sync.url + path, { method, headers })).json()) as T;
  }

  const conflictsOf = async (email: string) =>
    (await admin<ConflictPageView>(`/records/${email}/history`)).conflicts;

  it('keeps both of two changes to different fields, on both sides, and says so', async () => {
    const email = newEmail();
    await unaware(email, async () => {
      await patch('mongo-first', email, { city: 'Paris' });
      await patch('redis-first', email, { name: 'Ada L.' });
    });
    for (const side of ['mongo-first', 'redis-first'] as const)
      expect(await shown(side, email)).toMatchObject({ name: 'Ada L.', city: 'Paris', age: 36 });
    const [conflict, ...others] = await conflictsOf(email);
    expect(others).toEqual([]);
    expect(conflict).toMatchObject({
      reason: 'merged',
      how: 'merged',
      fields: { merged: ['name'], lost: [], overruled: [] },
      winner: { source: 'mongo', content: { city: 'Paris', name: 'Ada' } },
      loser: { source: 'redis', content: { city: 'London', name: 'Ada L.' } },
    });
    expect(conflict?.explanation).toContain('were merged, field by field');
    const restore = `/records/${email}/history/${conflict?.id}/restore`;
    expect(await admin(restore, 'POST')).toMatchObject({ status: 409 }); // nothing was lost
  }, 60_000);

  it('of a field that both changed keeps the newer change; the other can be restored, and nothing else with it', async () => {
    const email = newEmail();
    await unaware(email, async () => {
      await patch('redis-first', email, { name: 'from Redis', age: null });
      await patch('mongo-first', email, { name: 'from Mongo', city: 'Paris' });
    });
    const merged = { name: 'from Mongo', city: 'Paris' };
    for (const side of ['mongo-first', 'redis-first'] as const) {
      expect(await shown(side, email)).toMatchObject(merged);
      expect(await shown(side, email)).not.toHaveProperty('age');
    }
    const [conflict] = await conflictsOf(email);
    expect(conflict?.fields).toEqual({ merged: ['age'], lost: ['name'], overruled: [] });
    const restored = await admin<RestoredView>(`/records/${email}/history/${conflict?.id}/restore`, 'POST');
    expect(restored).toMatchObject({ outcome: 'updated', source: 'mongo' });
    await product.settled();
    expect(await shown('redis-first', email)).toMatchObject({ name: 'from Redis', city: 'Paris' });
  }, 60_000);
});
