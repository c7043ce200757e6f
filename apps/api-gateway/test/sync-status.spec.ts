import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
  waitUntil,
  type PrivateMongo,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import type { HttpProbe, ProbeAnswer } from '@redis-mongo-sync/service-kit/testing';
import { startUserService } from '../../user-service/test/start-user-service.js';
import { startGateway } from './start-gateway.js';

/** No sync service runs here: the other store gets a newer version when the test writes one there. */
describeWith(describe, redisUnavailableReason())('what the gateway says of the sync', () => {
  let mongo: PrivateMongo;
  let redis: PrivateRedis;
  let userService: HttpProbe;
  let gateway: HttpProbe;
  beforeAll(async () => {
    [mongo, redis] = await Promise.all([startPrivateMongo(), startPrivateRedis()]);
    userService = await startUserService(mongo);
    gateway = await startGateway({ redisUrl: redis.url, userServiceUrl: userService.url });
  });
  afterAll(async () => {
    await gateway.close();
    await userService.close();
    await mongo.stop();
    await redis.stop();
  });

  let count = 0;
  const newEmail = () => `sync-${(count += 1)}@example.org`;
  const other = { mongo: 'redis', redis: 'mongo' } as const;
  type Side = keyof typeof other;

  const write = (side: Side, email: string, query = '') =>
    gateway.ask(`/${side}-first/users${query}`, { method: 'POST', json: { email, name: 'Ada' } });
  const read = (side: Side, email: string, query = '') =>
    gateway.ask(`/${side}-first/users/${email}${query}`);
  const status = (answer: ProbeAnswer) => [answer.status, answer.headers['sync-status']];

  describe.each(['mongo', 'redis'] as const)('%s-first', (side) => {
    it('says that a write is pending', async () => {
      const answer = await write(side, newEmail());
      expect(status(answer)).toEqual([201, 'pending']);
      expect(answer.headers['sync-position']).toBe(String(answer.body.version));
    });

    it('answers 202 with the position when the other store does not get it in time', async () => {
      const email = newEmail();
      const started = performance.now();
      const answer = await write(side, email, '?waitFor=synced&timeoutMs=120');
      expect(performance.now() - started).toBeGreaterThanOrEqual(115);
      expect(status(answer)).toEqual([202, 'pending']);
      expect(answer.body).toMatchObject({ email });
      expect(answer.headers['sync-position']).toBe(String(answer.body.version));
      expect((await read(side, email)).status).toBe(200);
    });

    it('answers as soon as the other store has it', async () => {
      const email = newEmail();
      const waiting = write(side, email, '?waitFor=synced&timeoutMs=20000');
      await seen(side, email);
      await write(other[side], email);
      expect(status(await waiting)).toEqual([201, 'synced']);
    });

    it('waits for deletes, too', async () => {
      const email = newEmail();
      await write(side, email);
      const remove = (query: string) =>
        gateway.ask(`/${side}-first/users/${email}${query}`, { method: 'DELETE' });
      const late = await remove('?waitFor=synced&timeoutMs=30');
      expect([...status(late), late.text]).toEqual([202, 'pending', '']);
      await write(side, email);
      const waiting = remove('?waitFor=synced&timeoutMs=20000');
      await gone(side, email);
      await write(other[side], email);
      expect(status(await waiting)).toEqual([204, 'synced']);
      const again = await remove('?waitFor=synced');
      expect(status(again)).toEqual([204, undefined]);
    });

    it('reads what was written on the other side, once it is there', async () => {
      const email = newEmail();
      const { body } = await write(other[side], email);
      const version = Number(body.version);
      const early = await read(side, email, `?after=${version}&timeoutMs=50`);
      expect(early.body).toMatchObject({ status: 503, code: 'not-yet-synced', version: 0, wanted: version });
      expect(early.headers['retry-after']).toBe('1');
      const waiting = read(side, email, `?after=${version}&timeoutMs=20000`);
      await write(side, email);
      expect((await waiting).body).toMatchObject({ email, source: side });
    });

    it('knows a delete when it waits for one', async () => {
      const email = newEmail();
      await write(side, email);
      const removed = await gateway.ask(`/${side}-first/users/${email}`, { method: 'DELETE' });
      const position = String(removed.headers['sync-position']);
      const answer = await read(side, email, `?after=${position}`);
      expect(answer.body).toMatchObject({ status: 404, code: 'user-not-found', version: Number(position) });
    });
  });

  it.each(['waitFor=applied', 'waitFor=', 'timeoutMs=0', 'timeoutMs=30001', 'after=1', 'nonsense=1'])(
    'refuses a write with ?%s',
    async (query) => {
      const answer = await write('redis', newEmail(), `?${query}`);
      expect(answer.body).toMatchObject({ status: 400, code: 'invalid-query' });
    },
  );

  it('keeps the request id and the problems of the user service', async () => {
    const answer = await gateway.ask('/mongo-first/users/nobody@example.org', {
      headers: { 'x-request-id': 'one-id-for-all' },
    });
    expect(answer.body).toMatchObject({ code: 'user-not-found', requestId: 'one-id-for-all' });
    expect(answer.headers['x-request-id']).toBe('one-id-for-all');
  });

  const seen = (side: Side, email: string) => until(side, email, 200);
  const gone = (side: Side, email: string) => until(side, email, 404);

  async function until(side: Side, email: string, wanted: number): Promise<void> {
    const ready = async () => (await read(side, email)).status === wanted;
    if (!(await waitUntil(ready, { timeoutMs: 5_000 }))) throw new Error(`${email} never was ${wanted}`);
  }
});
