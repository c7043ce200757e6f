import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { eventually, Random } from '@redis-mongo-sync/testing';
import { Services, type Answer, type Side } from '../support/services.js';

const SIDES: readonly Side[] = ['mongo-first', 'redis-first'];
const SEED = Number(process.env.E2E_SEED ?? 20261121);

describeWith(describe, redisUnavailableReason())(`the product as four processes (seed ${SEED})`, () => {
  let product: Services;
  let n = 0;
  const email = () => `e2e${n++}@example.org`;

  beforeAll(async () => {
    product = await Services.start();
    await eventually(async () => (await product.metrics()).capture.mode === 'streaming');
  }, 60_000);
  afterAll(() => product.stop());

  it.each(SIDES)('%s: a write is answered at once, and is on the other side a moment later', async (side) => {
    const key = email();
    const other = side === 'mongo-first' ? 'redis-first' : 'mongo-first';
    const written = await product.post(
      side,
      { email: key, name: 'Ada', tags: [], big: 2 ** 53 - 1 },
      '?waitFor=synced',
    );
    expect(written.status).toBe(201);
    expect(written.headers.get('etag')).toBe(`"${String(written.body.version)}"`);
    const read = await product.get(other, key);
    expect(read.body).toEqual(written.body);
    expect(read.body).toMatchObject({
      email: key,
      name: 'Ada',
      tags: [],
      big: 2 ** 53 - 1,
      source: side.split('-')[0],
    });
  });

  it('both sides write one record in the same millisecond: one wins, on both sides', async () => {
    const key = email();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        product.post(i % 2 ? 'mongo-first' : 'redis-first', { email: key, name: `n${i}` }),
      ),
    );
    expect(answers.every(({ status }) => status < 300)).toBe(true);
    const { mongo } = await product.settled();
    expect(mongo.get(key)).toBeDefined();
  });

  it('update, delete and re-create race on both sides; both end equal', async () => {
    const random = new Random(SEED);
    const keys = Array.from({ length: 20 }, email);
    await inLanes(8, 600, async (i) => {
      const key = random.pick(keys);
      const side = random.pick(SIDES);
      const path = `/${side}/users/${encodeURIComponent(key)}`;
      const answer = await randomWrite(random, path, `n${i}`);
      expect([200, 201, 204, 404]).toContain(answer.status);
    });
    await product.settled();
  });

  function randomWrite(random: Random, path: string, name: string): Promise<Answer> {
    switch (random.below(4)) {
      case 0:
        return product.ask('DELETE', path);
      case 1:
        return product.ask('PATCH', path, { name, patched: true });
      default:
        return product.ask('PUT', path, { name, nested: { at: name } });
    }
  }

  it('10,000 mixed writes on both sides: every one stands or was overwritten, both stores are equal', async () => {
    const keys = Array.from({ length: 4_000 }, email);
    await inLanes(16, 10_000, async (i) => {
      const key = keys[i % keys.length] ?? '';
      const answer = await product.post(i % 2 ? 'mongo-first' : 'redis-first', {
        email: key,
        name: `n${i}`,
        i,
      });
      expect(answer.status).toBeLessThan(300);
    });
    const { mongo } = await product.settled();
    expect(keys.filter((key) => !mongo.has(key))).toEqual([]);
  }, 180_000);

  it('every service and Redis killed in mid-flow: what was acknowledged is there, the ledger balances', async () => {
    const acknowledged = new Set<string>();
    let going = true;
    const writers = SIDES.flatMap((side) => [side, side]).map(async (side) => {
      while (going) {
        const key = email();
        const answer = await product.post(side, { email: key, name: side }).catch(() => undefined);
        if (answer && answer.status < 300) acknowledged.add(key);
        else await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    const more = async (count: number) => {
      const goal = acknowledged.size + count;
      await eventually(() => acknowledged.size >= goal, { timeoutMs: 30_000 });
    };
    for (const service of [product.sync, product.users, product.gateway]) {
      await more(200);
      await service.end('SIGKILL');
      await service.launch();
    }
    await more(200);
    await product.server.kill('SIGKILL');
    await product.server.restart();
    await more(200);
    going = false;
    await Promise.all(writers);
    const { mongo, redis } = await product.settled();
    expect([...acknowledged].filter((key) => !mongo.has(key) || !redis.has(key))).toEqual([]);
  }, 180_000);

  it('every service stops in order on SIGTERM, with exit code 0', async () => {
    for (const service of [product.gateway, product.users, product.sync]) {
      expect(await service.end('SIGTERM')).toBe(0);
    }
  });
});

/** Runs `count` steps, `lanes` at a time. */
async function inLanes(lanes: number, count: number, step: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < count) await step(next++);
    }),
  );
}
