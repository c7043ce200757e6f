import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import type { HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { eventually } from '@redis-mongo-sync/testing';
import type { OutboxEvent } from '../src/outbox/outbox-event.js';
import { startUserService } from './start-user-service.js';

describeWith(describe, redisUnavailableReason())('users by id over HTTP, and their events', () => {
  let mongo: PrivateMongo;
  let redis: PrivateRedis;
  let commands: Redis;
  let client: MongoClient;
  let service: HttpProbe;
  beforeAll(async () => {
    [mongo, redis] = await Promise.all([startPrivateMongo(), startPrivateRedis({ appendonly: true })]);
    commands = connect({ url: redis.url, profile: 'commands' });
    client = await MongoClient.connect(mongo.uri);
    service = await startUserService(mongo, redis.url);
  });
  afterAll(async () => {
    await service.close();
    await client.close();
    commands.disconnect();
    await mongo.stop();
    await redis.stop();
  });

  const create = (username: string) =>
    service.ask('/users-by-id', { method: 'POST', json: { username, email: `${username}@example.org` } });
  const events = async () => {
    const entries = await commands.xrange('user:events', '-', '+');
    return entries.map(([, [, json = '']]) => JSON.parse(json) as { id: string; type: string; data: object });
  };
  const outbox = () => client.db(mongo.database).collection('outbox').countDocuments();

  it('every write is published, in order, and leaves the outbox', async () => {
    const made = await create('ada');
    expect(made.status).toBe(201);
    const { id } = made.body as { id: string };
    expect(made.headers.location).toBe(`/users-by-id/${id}`);
    const etag = String(made.headers.etag);
    const json = { username: 'ada2', email: 'ada2@example.org' };
    const headers = { 'if-match': etag };
    const path = `/users-by-id/${id}`;
    expect((await service.ask(path, { method: 'PUT', json, headers })).status).toBe(200);
    expect((await service.ask(path, { method: 'PUT', json, headers })).status).toBe(412);
    expect((await service.ask(path)).body).toMatchObject({ id, ...json });
    expect((await service.ask(path, { method: 'DELETE' })).status).toBe(204);
    expect((await service.ask(path, { method: 'DELETE' })).status).toBe(204);
    expect((await service.ask(path)).status).toBe(404);
    expect((await service.ask('/users-by-id/nobody')).body.code).toBe('invalid-id');
    await eventually(async () => expect(await outbox()).toBe(0));
    expect((await events()).map(({ type }) => type)).toEqual([
      'user.created',
      'user.updated',
      'user.deleted',
    ]);
  });

  it('what comes back to the relay after a crash is not published twice', async () => {
    const known = await events();
    const last = known.at(-1);
    const again = {
      _id: last?.id ?? '',
      type: last?.type ?? '',
      key: 'k',
      version: 1,
      time: new Date(),
      data: {},
    };
    await client.db(mongo.database).collection<OutboxEvent>('outbox').insertOne(again);
    await eventually(async () => expect(await outbox()).toBe(0));
    expect(await events()).toEqual(known);
  });

  it('users are served while Redis is down; their events follow when it is back', async () => {
    const before = (await events()).length;
    await redis.kill();
    try {
      for (const name of ['grace', 'edsger', 'barbara']) expect((await create(name)).status).toBe(201);
      await eventually(async () => {
        const { status, body } = await service.ask('/users/health');
        expect([status, body.details]).toMatchObject([200, { events: { relay: 'waiting' } }]);
      });
      expect(await outbox()).toBe(3);
    } finally {
      await redis.restart();
    }
    await eventually(async () => expect(await outbox()).toBe(0), { timeoutMs: 15_000 });
    const after = (await events()).slice(before);
    expect(after.map(({ data }) => (data as { username: string }).username)).toEqual([
      'grace',
      'edsger',
      'barbara',
    ]);
  });
});
