import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import type { UnsyncablePageView } from '@redis-mongo-sync/sync-engine';
import { eventually } from '@redis-mongo-sync/testing';
import type { Collection, Document } from 'mongodb';
import { ADMIN_TOKEN, Services } from '../support/services.js';

describeWith(describe, redisUnavailableReason())('documents that cannot be synced', () => {
  let product: Services;
  let users: Collection;

  beforeAll(async () => {
    product = await Services.start();
    users = product.client.db(product.mongo.database).collection('users');
  }, 60_000);
  afterAll(() => product.stop());

  async function list(
    query = '',
    token = ADMIN_TOKEN,
  ): Promise<{ status: number; page: UnsyncablePageView }> {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${product.sync.url}/unsyncable${query}`, { headers });
    return { status: response.status, page: (await response.json()) as UnsyncablePageView };
  }

  const health = async () =>
    (await (await fetch(`${product.sync.url}/health`)).json()) as {
      readonly status: string;
      readonly details: Readonly<Record<string, Document>>;
    };

  it('are listed with id and reason, counted, and told once; the rest goes on; mended, they are synced', async () => {
    await users.insertMany([
      { _id: 'no-key' as never, name: 'x' },
      { _id: { b: 1, a: new Date(5) } as never, email: ['ada@example.org'], name: 'x' },
      { _id: 3.5 as never, email: ' Ada@Example.ORG ', name: 'x' },
      { email: 'good@example.org', name: 'Good' },
    ]);
    await eventually(async () => expect((await list()).page.documents).toHaveLength(3), {
      timeoutMs: 15_000,
    });
    const { page } = await list();
    expect(new Map(page.documents.map(({ id, reason }) => [id, reason]))).toEqual(
      new Map([
        ['"no-key"', 'missing-key'],
        ['{"b":1,"a":{"$date":"1970-01-01T00:00:00.005Z"}}', 'wrong-key-type'],
        ['3.5', 'key-not-normal'],
      ]),
    );
    expect(page).toMatchObject({ entity: 'users', next: null });
    for (const { explanation, since } of page.documents) {
      expect(explanation).toContain('email');
      expect(Date.parse(since)).not.toBeNaN();
    }
    await eventually(async () => (await product.redis.exists('user:good@example.org')) === 1);
    await eventually(
      async () => {
        const counts = { 'missing-key': 1, 'wrong-key-type': 1, 'key-not-normal': 1 };
        const { status, details } = await health();
        expect({ ...details.unsyncable, status }).toMatchObject({
          status: 'ok',
          documents: 3,
          users: counts,
        });
      },
      { timeoutMs: 15_000 },
    );
    const metrics = await fetch(`${product.sync.url}/metrics`, { headers: { accept: 'text/plain' } });
    expect(await metrics.text()).toContain(
      'sync_unsyncable_documents{entity="users",reason="missing-key"} 1',
    );
    expect(product.sync.output.filter((line) => line.includes('SYNC_107'))).toHaveLength(1);

    await users.updateOne({ _id: 'no-key' as never }, { $set: { email: 'mended@example.org' } });
    await users.deleteOne({ _id: 3.5 as never });
    await eventually(async () => expect((await list()).page.documents).toHaveLength(1));
    await eventually(async () => (await product.redis.exists('user:mended@example.org')) === 1);
  }, 60_000);

  it('are given page by page, to administrators only', async () => {
    await users.insertMany(Array.from({ length: 5 }, (_, n) => ({ _id: `page-${n}` as never, name: 'x' })));
    await eventually(async () => expect((await list('?limit=500')).page.documents.length).toBeGreaterThan(4));
    const found: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const { page }: { page: UnsyncablePageView } = await list(
        `?limit=2&after=${encodeURIComponent(after)}`,
      );
      expect(page.documents.length).toBeLessThanOrEqual(2);
      found.push(...page.documents.map(({ id }) => id));
      after = page.next;
    }
    expect(new Set(found).size).toBe(found.length);
    expect(found.length).toBe((await list('?limit=500')).page.documents.length);
    expect((await list('', 'wrong')).status).toBe(401);
    expect((await list('?limit=0')).status).toBe(400);
    expect((await list('?entity=secrets')).status).toBe(400);
  });
});
