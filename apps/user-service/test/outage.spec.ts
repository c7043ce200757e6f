import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivateMongo, waitUntil, type KillableMongo } from '@redis-mongo-sync/dev-servers';
import type { HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { startUserService } from './start-user-service.js';

describe('user-service through an outage of MongoDB', () => {
  let mongo: KillableMongo;
  let probe: HttpProbe;
  beforeAll(async () => {
    mongo = await startPrivateMongo({ mode: 'child' });
    await mongo.kill();
    probe = await startUserService(mongo);
  });
  afterAll(async () => {
    await probe.close();
    await mongo.stop();
  });

  const user = { email: 'ada@example.org', name: 'Ada' };
  const announce = async (username: string) => {
    const json = { username, email: `${username}@example.org` };
    return (await probe.ask('/users-by-id', { method: 'POST', json })).status;
  };
  const health = async () => (await probe.ask('/users/health')).status;

  it('starts while MongoDB is down, says so, recovers, and says so again', async () => {
    const down = await probe.ask('/users/health');
    expect(down.status).toBe(503);
    expect(down.body).toMatchObject({ status: 'error', details: { mongo: { status: 'down' } } });
    expect((await probe.ask('/users/health/live')).body).toEqual({ status: 'ok' });
    const refused = await probe.ask('/users', { method: 'POST', json: user });
    expect(refused.body).toMatchObject({ status: 503, code: 'store-unavailable', store: 'mongo' });
    expect(refused.headers['retry-after']).toBe('1');

    await mongo.restart();
    const recovered = await waitUntil(async () => (await health()) === 200, { timeoutMs: 15_000 });
    expect(recovered).toBe(true);
    expect((await probe.ask('/users', { method: 'POST', json: user })).status).toBe(201);
    expect(await announce('grace')).toBe(201);
    expect((await probe.ask('/users/health')).body).toMatchObject({
      status: 'ok',
      details: { mongo: { status: 'up' } },
    });

    await mongo.kill();
    const read = await probe.ask(`/users/${user.email}`);
    expect(read.body).toMatchObject({ status: 503, code: 'store-unavailable' });
    expect(await health()).toBe(503);
    expect(await announce('edsger')).toBe(503);

    await mongo.restart();
    expect(await waitUntil(async () => (await health()) === 200, { timeoutMs: 15_000 })).toBe(true);
    expect(await announce('barbara')).toBe(201);
  });
});
