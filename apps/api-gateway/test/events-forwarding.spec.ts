import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import type { HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { eventually } from '@redis-mongo-sync/testing';
import { startEventService } from '../../event-service/test/start-event-service.js';
import { startGateway } from './start-gateway.js';

const TOKEN = 'a-token-for-tests-only';
const NOWHERE = 'http://127.0.0.1:9';
const LINE = { level: 'info', message: 'through the gateway' };

describeWith(describe, redisUnavailableReason())('the gateway in front of the event service', () => {
  let mongo: PrivateMongo;
  let redis: PrivateRedis;
  let events: HttpProbe;
  let gateway: HttpProbe;
  beforeAll(async () => {
    [mongo, redis] = await Promise.all([startPrivateMongo(), startPrivateRedis()]);
    events = await startEventService({ redisUrl: redis.url, mongo, adminToken: TOKEN });
    gateway = await startGateway({
      redisUrl: redis.url,
      userServiceUrl: NOWHERE,
      eventServiceUrl: events.url,
    });
  });
  afterAll(async () => {
    await gateway.close();
    await events.close();
    await mongo.stop();
    await redis.stop();
  });

  const publish = (headers = {}, json: object = LINE) =>
    gateway.ask('/api/events/logs', { method: 'POST', json, headers });

  it('passes on what clients say of themselves: request id, trace, key of the request, token', async () => {
    const headers = {
      'x-request-id': 'forwarded-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'idempotency-key': 'key-1',
    };
    const sent = await publish(headers);
    expect([sent.status, sent.headers['x-request-id']]).toEqual([202, 'forwarded-1']);
    expect((await publish(headers)).body).toEqual(sent.body);
    await eventually(async () => {
      const { body } = await gateway.ask('/api/events/processed?stream=system:logs');
      expect(body.events).toEqual([expect.objectContaining({ correlationId: 'forwarded-1', data: LINE })]);
    });
    const letters = '/api/events/dead-letters';
    expect((await gateway.ask(letters)).body).toMatchObject({ code: 'unauthorized' });
    const admin = await gateway.ask(letters, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(admin.status).toBe(200);
  });

  it.each([
    ['GET', '/api/events/nothing', {}],
    ['PUT', '/api/events/stats', { json: {} }],
    ['DELETE', '/api/events/chat', {}],
    ['POST', '/api/events/chat', { json: { senderId: 'a' } }],
    ['POST', '/api/events/chat', { raw: '{', headers: { 'content-type': 'application/json' } }],
    ['POST', '/api/events/chat', { raw: '', headers: { 'content-type': 'application/json' } }],
    ['POST', '/api/events/chat', { raw: 'a=b', headers: { 'content-type': 'text/plain' } }],
    [
      'POST',
      '/api/events/chat',
      { raw: Buffer.from([0xff]), headers: { 'content-type': 'application/json' } },
    ],
    ['POST', '/api/events/chat', { json: LINE, headers: { 'content-encoding': 'gzip' } }],
    ['POST', '/api/events/chat', { json: { content: 'x'.repeat(300_000) } }],
    ['POST', '/api/events/logs', { json: LINE, headers: { 'idempotency-key': 'a b' } }],
    ['GET', '/api/events/processed?limit=0', {}],
    ['GET', '/api/events/tasks/nobody', {}],
    ['GET', '/api/events/rooms/%zz', {}],
    ['GET', '/api/events/processed', { headers: { connection: 'accept', accept: 'x' } }],
  ] as const)('answers %s %s as the event service does (case %#)', async (method, path, what) => {
    const wanted = ['content-type', 'allow', 'accept-encoding', 'retry-after', 'content-security-policy'];
    const answers = await Promise.all(
      [events, gateway].map((service) => service.ask(path, { method, ...what })),
    );
    const [direct, forwarded] = answers.map(({ status, headers, body: { requestId: _id, ...body } }) => ({
      status,
      body,
      headers: wanted.map((name) => headers[name]),
    }));
    expect(forwarded).toEqual(direct);
  });

  it('follows events, and lets the event service know at once that the follower has gone', async () => {
    const followers = async () =>
      /^events_followers (\d+)$/m.exec((await gateway.ask('/metrics', TEXT)).text)?.[1];
    const follower = await request(`${gateway.url}/api/events/stream`);
    expect(follower.headers).toMatchObject({
      'x-accel-buffering': 'no',
      'cache-control': 'no-store, no-transform',
    });
    let heard = '';
    follower.body.on('data', (chunk: Buffer) => (heard += chunk.toString())).on('error', () => undefined);
    const sent = await publish({}, { ...LINE, message: 'followed' });
    await eventually(() => heard.includes(String(sent.body.eventId)));
    expect(await followers()).toBe('1');
    follower.body.destroy();
    await eventually(async () => expect(await followers()).toBe('0'), { timeoutMs: 2_000 });
  });

  it('shows the figures and the health of the events', async () => {
    expect((await gateway.ask('/metrics')).body).toMatchObject({
      auditLog: 'up',
      streams: expect.any(Array) as unknown,
    });
    const { text } = await gateway.ask('/metrics', TEXT);
    expect(text).toMatch(/^event_service_up 1$/m);
    expect(text).toMatch(/^events_audit_log_up 1$/m);
    const names = [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
    expect((await gateway.ask('/health')).body).toMatchObject({
      details: { 'event-service': { status: 'up' }, events: { status: 'up', auditLog: 'up' } },
    });
  });
});

const TEXT = { headers: { accept: 'text/plain' } };

describe('the gateway and an event service that fails', () => {
  let behind: Server;
  let gateway: HttpProbe;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  beforeAll(async () => {
    behind = createServer((...exchange) => answer(...exchange)).listen(0, '127.0.0.1');
    await once(behind, 'listening');
    gateway = await startGateway({
      redisUrl: 'redis://127.0.0.1:1',
      userServiceUrl: NOWHERE,
      eventServiceUrl: `http://127.0.0.1:${(behind.address() as AddressInfo).port}`,
    });
  });
  afterAll(async () => {
    await gateway.close();
    behind.closeAllConnections();
    behind.close();
  });

  it('ends a follower at once when the event service dies under it', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': following\n\n');
    const follower = await request(`${gateway.url}/api/events/stream`);
    const ended = follower.body.text();
    setTimeout(() => behind.closeAllConnections(), 50);
    await expect(ended).rejects.toThrow();
  });

  it('does not pass for whole an answer that breaks off', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('{"sequence":1}\n');
      setTimeout(() => response.destroy(), 20);
    };
    const exported = await request(`${gateway.url}/api/events/export`);
    await expect(exported.body.text()).rejects.toThrow();
  });

  it('closes the connection behind it when a client leaves before there is an answer', async () => {
    let gone = false;
    answer = (asked) => void asked.socket.once('close', () => (gone = true));
    const leaving = new AbortController();
    const asking = request(`${gateway.url}/api/events/stats`, { signal: leaving.signal });
    asking.catch(() => undefined);
    setTimeout(() => leaving.abort(), 50);
    await expect(asking).rejects.toThrow();
    await eventually(() => expect(gone).toBe(true), { timeoutMs: 2_000 });
  });

  it('lets followers go when it stops', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': following\n\n');
    const follower = await request(`${gateway.url}/api/events/stream`);
    const heard = follower.body.text();
    await gateway.close();
    expect(await heard).toBe(': following\n\n');
  });
});

describe('the gateway without the event service', () => {
  let gateway: HttpProbe;
  beforeAll(async () => {
    gateway = await startGateway({ redisUrl: 'redis://127.0.0.1:1', userServiceUrl: NOWHERE });
  });
  afterAll(() => gateway.close());

  it('refuses with the problem that says which service does not answer', async () => {
    for (const path of ['/api/events/stats', '/api/events/stream', '/metrics']) {
      const refused = await gateway.ask(path);
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
      expect(refused.body).toMatchObject({ code: 'service-unavailable', service: 'event-service' });
      expect(refused.body).not.toHaveProperty('store');
    }
  });

  it('says that it cannot know of the events, and goes on with its own figures', async () => {
    expect((await gateway.ask('/health')).body).toMatchObject({
      details: {
        'event-service': { status: 'down' },
        events: { status: 'down', message: expect.stringMatching(/not known/) as unknown },
      },
    });
    const { status, text } = await gateway.ask('/metrics', TEXT);
    expect([status, /^event_service_up 0$/m.test(text), /^events_/m.test(text)]).toEqual([200, true, false]);
  });
});
