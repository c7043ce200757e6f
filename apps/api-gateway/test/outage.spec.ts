import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
  waitUntil,
  type KillableMongo,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import type { HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { startUserService } from '../../user-service/test/start-user-service.js';
import { startGateway } from './start-gateway.js';

describeWith(describe, redisUnavailableReason())('the gateway through outages', () => {
  let mongo: KillableMongo;
  let redis: PrivateRedis;
  let userService: HttpProbe;
  let gateway: HttpProbe;
  beforeAll(async () => {
    [mongo, redis] = await Promise.all([startPrivateMongo({ mode: 'child' }), startPrivateRedis()]);
    await redis.kill();
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
  const write = (side: 'mongo' | 'redis', query = '') =>
    gateway.ask(`/${side}-first/users${query}`, {
      method: 'POST',
      json: { email: `outage-${(count += 1)}@example.org`, name: 'Ada' },
    });
  const health = () => gateway.ask('/health');
  const until = async (what: string, ready: () => Promise<boolean>) => {
    if (!(await waitUntil(ready, { timeoutMs: 20_000 }))) throw new Error(`waited in vain for: ${what}`);
  };
  const syncStatus = async (side: 'mongo' | 'redis') => (await write(side)).headers['sync-status'];

  it('starts without Redis: mongo-first goes on and says so, redis-first is refused', async () => {
    await until('notice', async () => (await syncStatus('mongo')) === 'delayed; redis unavailable');
    const written = await write('mongo', '?waitFor=synced&timeoutMs=20000');
    expect(written.status).toBe(202);
    expect(written.headers['sync-status']).toBe('delayed; redis unavailable');
    const refused = await write('redis');
    expect(refused.body).toMatchObject({ status: 503, code: 'store-unavailable', store: 'redis' });
    expect(refused.headers['retry-after']).toBe('1');
    const report = await health();
    expect(report.status).toBe(503);
    expect(report.body).toMatchObject({
      status: 'error',
      details: { redis: { status: 'down' }, mongo: { status: 'up' }, 'user-service': { status: 'up' } },
    });
    expect((await gateway.ask('/health/live')).status).toBe(200);
    expect((await gateway.ask('/health/ready')).status).toBe(200);
  });

  it('recovers with Redis', async () => {
    await redis.restart();
    await until('redis-first', async () => (await write('redis')).status === 201);
    await until('notice', async () => (await syncStatus('mongo')) === 'pending');
    expect((await health()).body).toMatchObject({ details: { redis: { status: 'up' } } });
  });

  it('goes on with redis-first while MongoDB is down', async () => {
    await mongo.kill();
    await until('notice', async () => (await syncStatus('redis')) === 'delayed; mongo unavailable');
    expect((await write('redis')).status).toBe(201);
    expect((await write('mongo')).body).toMatchObject({ status: 503, store: 'mongo' });
    expect((await health()).body).toMatchObject({
      details: { redis: { status: 'up' }, mongo: { status: 'down' }, 'user-service': { status: 'up' } },
    });
    await mongo.restart();
    await until('mongo-first', async () => (await write('mongo')).status === 201);
  });

  it('goes on with redis-first while the user service is down, and is not ready without Redis', async () => {
    await userService.close();
    const refused = await write('mongo');
    expect(refused.body).toMatchObject({ status: 503, code: 'service-unavailable', service: 'user-service' });
    await until('notice', async () => (await syncStatus('redis')) === 'delayed; mongo unavailable');
    expect((await health()).body).toMatchObject({ details: { 'user-service': { status: 'down' } } });
    await redis.kill();
    await until('not ready', async () => (await gateway.ask('/health/ready')).status === 503);
  });
});
