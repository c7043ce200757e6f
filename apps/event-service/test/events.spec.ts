import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { HttpProbe, ProbeAnswer } from '@redis-mongo-sync/service-kit/testing';
import { eventually } from '@redis-mongo-sync/testing';
import { faultOfStream } from '../src/streams/custom-stream.js';
import { startEventService } from './start-event-service.js';

const TOKEN = 'a-token-for-tests-only';
const ADMIN = { authorization: `Bearer ${TOKEN}` };

interface Recorded {
  readonly sequence: number;
  readonly eventId: string;
  readonly stream: string;
  readonly type: string;
  readonly entityId?: string;
  readonly occurredAt: string;
  readonly data: Record<string, unknown>;
}

describeWith(describe, redisUnavailableReason())('the event API', () => {
  let mongo: PrivateMongo;
  let redis: PrivateRedis;
  let commands: Redis;
  let service: HttpProbe;

  beforeAll(async () => {
    [mongo, redis] = await Promise.all([startPrivateMongo(), startPrivateRedis({ appendonly: true })]);
    commands = connect({ url: redis.url, profile: 'commands' });
    service = await startEventService({
      redisUrl: redis.url,
      mongo,
      adminToken: TOKEN,
      events: { maxStreams: 8 },
    });
  });
  afterAll(async () => {
    await service.close();
    commands.disconnect();
    await mongo.stop();
    await redis.stop();
  });

  const post = (path: string, json: unknown, headers: Record<string, string> = {}): Promise<ProbeAnswer> =>
    service.ask(`/api/events/${path}`, { method: 'POST', json, headers });
  const recorded = async (query = ''): Promise<Recorded[]> => {
    const answer = await service.ask(`/api/events/processed?limit=500&order=asc${query}`);
    expect(answer.status).toBe(200);
    return answer.body.events as Recorded[];
  };
  const recordedAs = (eventId: unknown) =>
    eventually(async () => {
      const found = (await recorded()).filter((event) => event.eventId === eventId);
      expect(found).toHaveLength(1);
      return found[0];
    });

  it('a message is published, recorded, and becomes the last of its room', async () => {
    const sent = await post('chat', { senderId: 'ada', roomId: 'lobby', content: 'Good\nmorning ✓' });
    expect(sent.status).toBe(202);
    expect(sent.body).toMatchObject({ stream: 'chat:messages', type: 'message.sent' });
    const entry = await recordedAs(sent.body.eventId);
    expect(entry).toMatchObject({
      stream: 'chat:messages',
      entity: 'conversation',
      entityId: 'lobby',
      streamEntryId: sent.body.entryId,
      correlationId: sent.headers['x-request-id'],
      data: { senderId: 'ada', roomId: 'lobby', content: 'Good\nmorning ✓' },
    });
    await eventually(async () => {
      const room = await service.ask('/api/events/rooms/lobby');
      expect(room.body).toMatchObject({ lastMessage: { senderId: 'ada' }, entryId: sent.body.entryId });
    });
    expect((await service.ask('/api/events/rooms/nowhere')).status).toBe(404);
  });

  it.each([
    ['chat', { senderId: 'a', content: 'x' }, '/receiverId'],
    ['chat', { receiverId: 'a', content: 'x' }, '/senderId'],
    ['chat', { senderId: 'a', receiverId: 'b', content: '' }, '/content'],
    ['chat', { senderId: 'a', receiverId: 'b', content: 'x'.repeat(10_001) }, '/content'],
    ['chat', { senderId: 'a\u0000', receiverId: 'b', content: 'x' }, '/senderId'],
    ['chat', { senderId: 'a', receiverId: 'b', content: 'x', extra: 1 }, '/extra'],
    ['chat', [], ''],
    ['logs', { level: 'debug', message: 'x' }, '/level'],
    ['logs', { level: 'info' }, '/message'],
    ['logs', { level: 'info', message: 'x', context: [] }, '/context'],
    ['tasks', { description: 'x' }, '/title'],
    ['tasks', { title: 'x', priority: 'soon' }, '/priority'],
    ['tasks', { title: 'x', eventId: 'a:b' }, '/eventId'],
    ['custom', { stream: 'orders', type: 'order.placed', data: {} }, '/stream'],
    ['custom', { stream: 'orders:placed', type: 'placed', data: {} }, '/type'],
    ['custom', { stream: 'orders:placed', type: 'order.placed' }, '/data'],
    ['custom', { stream: 'orders:placed', type: 'order.placed', data: [1] }, '/data'],
    ['custom', { stream: 'orders:placed', type: 'order.placed', data: { a: 'x'.repeat(40_000) } }, '/data'],
    ['custom', { stream: 'user:events', type: 'user.created', data: {} }, '/stream'],
    ['custom', { stream: 'task:queue', type: 'task.created', data: {} }, '/stream'],
    ['custom', { stream: 'chat:messages', type: 'message.sent', data: { senderId: 'a' } }, '/data/content'],
    ['custom', { stream: 'system:logs', type: 'system.warn', data: { message: 'x' } }, '/type'],
    ['custom', { stream: 'orders:placed', type: 'order.placed', data: {}, eventId: 'a b' }, '/eventId'],
    ['batch', { events: [] }, '/events'],
    ['batch', { events: Array.from({ length: 501 }, () => ({})) }, '/events'],
    ['batch', { events: [{}], atomic: 'yes' }, '/atomic'],
  ])('%s refuses a body that is wrong (case %#)', async (path, body, field) => {
    const refused = await post(path, body);
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({ code: 'invalid-body' });
    const fields = (refused.body.errors as { field: string }[]).map((error) => error.field);
    expect(fields).toContain(field);
  });

  it('a repeat gets the same answer and publishes nothing; another event under the id is refused', async () => {
    const body = { level: 'info', message: 'once' };
    const headers = { 'idempotency-key': 'key-1' };
    const first = await post('logs', body, headers);
    const again = await post('logs', body, headers);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    const other = await post('logs', { ...body, message: 'twice' }, headers);
    expect([other.status, other.body.code]).toEqual([409, 'event-id-reused']);

    const named = { ...body, message: 'named', eventId: 'my-event' };
    const mine = await post('logs', named);
    expect(mine.body.eventId).toBe('my-event');
    expect((await post('logs', named)).body).toEqual(mine.body);
    await recordedAs('my-event');
    expect((await recorded('&stream=system:logs')).map(({ data }) => data.message)).toEqual([
      'once',
      'named',
    ]);
    expect((await post('logs', body, { 'idempotency-key': 'a b' })).body.code).toBe('invalid-header');
  });

  it('a task has a state that its events never contradict', async () => {
    const draft = {
      title: 'Report',
      description: 'Two pages',
      priority: 'high',
      assignedTo: 'g',
      createdBy: 'a',
    };
    const made = await post('tasks', draft, { 'idempotency-key': 'task-1' });
    expect(made.status).toBe(201);
    const { taskId } = made.body as { taskId: string };
    expect(made.headers.location).toBe(`/api/events/tasks/${taskId}`);
    expect((await post('tasks', draft, { 'idempotency-key': 'task-1' })).body).toEqual(made.body);
    const other = await post('tasks', { ...draft, title: 'Other' }, { 'idempotency-key': 'task-1' });
    expect(other.body.code).toBe('event-id-reused');
    const read = await service.ask(`/api/events/tasks/${taskId}`);
    expect(read.body).toMatchObject({ ...draft, taskId, status: 'open' });

    const attempts = await Promise.all(
      Array.from({ length: 10 }, () => post(`tasks/${taskId}/complete`, { completedBy: 'g' })),
    );
    const statuses = attempts.map(({ status }) => status).sort();
    expect(statuses).toEqual([202, ...Array.from({ length: 9 }, () => 409)]);
    expect(attempts.find(({ status }) => status === 409)?.body.code).toBe('task-completed');
    expect((await service.ask(`/api/events/tasks/${taskId}`)).body).toMatchObject({ status: 'completed' });
    expect((await post('tasks/nobody/complete', {})).body.code).toBe('task-not-found');
    expect((await post('tasks/no%20id/complete', {})).body.code).toBe('invalid-id');
    expect((await service.ask('/api/events/tasks/nobody')).status).toBe(404);
    await recordedAs(`${taskId}:completed`);
    const events = await recorded(`&entity=task&entityId=${taskId}`);
    expect(events.map(({ type }) => type)).toEqual(['task.created', 'task.completed']);
  });

  it('completing again with the same key is a repeat; without a body it works too', async () => {
    const { taskId } = (await post('tasks', { title: 'Again' })).body as { taskId: string };
    const headers = { 'idempotency-key': 'done-1' };
    const done = await service.ask(`/api/events/tasks/${taskId}/complete`, { method: 'POST', headers });
    const again = await service.ask(`/api/events/tasks/${taskId}/complete`, { method: 'POST', headers });
    expect([done.status, again.status]).toEqual([202, 202]);
    expect(again.body).toEqual(done.body);
  });

  it('a custom stream is found and recorded; there is a limit to them', async () => {
    const event = { stream: 'orders:placed', type: 'order.placed', data: { total: 42 }, key: 'order-1' };
    const sent = await post('custom', event);
    expect(sent.status).toBe(202);
    expect(await recordedAs(sent.body.eventId)).toMatchObject({ entity: 'order', entityId: 'order-1' });
    const more = await Promise.all(
      Array.from({ length: 6 }, (_, i) => post('custom', { ...event, stream: `more:stream-${i}` })),
    );
    const statuses = more.map(({ status }) => status).sort();
    expect(statuses).toEqual([202, 202, 202, 422, 422, 422]);
  });

  it('no custom stream can stand where a key of the product is', () => {
    const keys = [
      ...Object.values(KEYS).flatMap((key) => (typeof key === 'string' ? [key] : [])),
      KEYS.stream('mongo-to-redis'),
      KEYS.deadLetters('redis-to-mongo'),
      KEYS.inFlight('mongo-to-redis'),
      KEYS.ledger('redis-to-mongo'),
      KEYS.record(USERS, 'ada'),
      KEYS.tombstone(USERS, 'ada'),
      KEYS.index(USERS),
      KEYS.operation('x'),
      'events:streams',
      'orders:placed:dlq',
    ];
    for (const key of keys) expect([key, typeof faultOfStream(key)]).toEqual([key, 'string']);
    expect(faultOfStream('orders:placed')).toBeUndefined();
  });

  it('a batch says of each event what became of it', async () => {
    const good = { stream: 'orders:placed', type: 'order.placed', data: { n: 1 } };
    const answer = await post('batch', {
      events: [
        good,
        { ...good, stream: 'nonsense' },
        { stream: 'system:logs', type: 'system.error', data: { message: 'b' } },
      ],
    });
    expect(answer.status).toBe(207);
    expect(answer.body).toMatchObject({
      accepted: 2,
      rejected: 1,
      results: [
        { index: 0, status: 'accepted' },
        { index: 1, status: 'rejected', code: 'invalid-body', errors: [{ field: '/events/1/stream' }] },
        { index: 2, status: 'accepted', type: 'system.error' },
      ],
    });
  });

  it('an atomic batch is taken as a whole or not at all, also when it is sent again', async () => {
    const before = await commands.xlen('orders:placed');
    const item = (n: number) => ({ stream: 'orders:placed', type: 'order.placed', data: { n } });
    const events = Array.from({ length: 20 }, (_, n) => item(n));
    const wrong = await post('batch', { atomic: true, events: [...events, { ...item(1), type: 'x' }] });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid-body']);
    const twice = await post('batch', {
      atomic: true,
      events: [
        { ...item(1), eventId: 'e' },
        { ...item(2), eventId: 'e' },
      ],
    });
    expect(twice.status).toBe(400);
    await commands.set('not:astream', 'x');
    const odd = await post('batch', {
      atomic: true,
      events: [...events, { ...item(1), stream: 'not:astream' }],
    });
    expect([odd.status, odd.body.code]).toEqual([422, 'unprocessable']);
    expect(await commands.xlen('orders:placed')).toBe(before);

    const headers = { 'idempotency-key': 'batch-1' };
    const first = await post('batch', { atomic: true, events }, headers);
    expect([first.status, first.body.accepted]).toEqual([202, 20]);
    expect((await post('batch', { atomic: true, events }, headers)).body).toEqual(first.body);
    expect(await commands.xlen('orders:placed')).toBe(before + 20);
  });

  it('an atomic batch with an id that was published before publishes nothing of it', async () => {
    const item = (eventId: string) => ({
      stream: 'orders:placed',
      type: 'order.placed',
      data: { eventId },
      eventId,
    });
    expect((await post('batch', { atomic: true, events: [item('known')] })).status).toBe(202);
    const before = await commands.xlen('orders:placed');
    const mixed = await post('batch', {
      atomic: true,
      events: [item('new-1'), item('known'), item('new-2')],
    });
    expect([mixed.status, mixed.body.code]).toEqual([409, 'event-id-reused']);
    expect(await commands.xlen('orders:placed')).toBe(before);
  });

  it('pages through the audit log; wrong questions are refused', async () => {
    const all = await recorded();
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: ProbeAnswer = await service.ask(
        `/api/events/processed?limit=7${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...(page.body.events as Recorded[]).map(({ sequence }) => sequence));
      cursor = page.body.nextCursor as string | null;
    }
    expect(seen.length).toBeGreaterThanOrEqual(all.length);
    expect([...seen].sort((a, b) => b - a)).toEqual(seen);
    const middle = all[Math.floor(all.length / 2)]?.occurredAt ?? '';
    const since = async (from: string | number) => (await recorded(`&from=${from}`)).length;
    expect(await since(Date.parse(middle))).toBe(await since(middle));
    expect(await since(Date.now() + 1_000)).toBe(0);
    for (const query of ['limit=0', 'limit=501', 'cursor=x', 'order=up', 'from=never', 'what=1', 'type=']) {
      const refused = await service.ask(`/api/events/processed?${query}`);
      expect([query, refused.status, refused.body.code]).toEqual([query, 400, 'invalid-query']);
    }
  });

  it('stats add up: everything published is recorded, and nothing waits', async () => {
    await eventually(async () => {
      const { body } = await service.ask('/api/events/stats');
      const streams = body.streams as { stream: string; recorded: number; lag: number; pending: number }[];
      expect(streams.map(({ lag, pending }) => lag + pending)).toEqual(streams.map(() => 0));
      const total = streams.reduce((sum, { recorded: count }) => sum + count, 0);
      expect(body.recorded).toBe(total);
      const chat = streams.find(({ stream }) => stream === 'chat:messages');
      expect(chat).toMatchObject({
        recorded: 1,
        deadLetters: 0,
        types: [{ type: 'message.sent', recorded: 1 }],
      });
      const logs = streams.find(({ stream }) => stream === 'system:logs');
      const figures = body.figures as Record<string, Record<string, number>>;
      expect((figures.logs?.info ?? 0) + (figures.logs?.error ?? 0)).toBe(logs?.recorded);
      expect(figures.tasks).toEqual({ created: 2, completed: 2 });
    });
    const metrics = await service.ask('/metrics', { headers: { accept: 'text/plain' } });
    expect(metrics.text).toMatch(/events_recorded\{stream="chat:messages",type="message.sent"\} 1/);
    expect(metrics.text).toMatch(/events_published_total\{stream="system:logs",outcome="repeated"\} 2/);
  });

  it('what is no event becomes a dead letter of both groups, for administrators', async () => {
    await commands.xadd('system:logs', '*', 'hello', 'world');
    const path = '/api/events/dead-letters/system:logs';
    const letters = await eventually(async () => {
      const { body } = await service.ask(path, { headers: ADMIN });
      expect(body.letters).toHaveLength(2);
      return body.letters as { letterId: string; group: string }[];
    });
    expect(letters.map(({ group }) => group).sort()).toEqual(['audit-log-group', 'log-processing-group']);
    expect((await service.ask(path)).status).toBe(401);
    expect((await service.ask('/api/events/dead-letters', { headers: ADMIN })).body).toMatchObject({
      'system:logs': 2,
    });
    const [first, second] = letters.map(({ letterId }) => `${path}/${letterId}`);
    expect((await service.ask(String(first), { headers: ADMIN })).body).toMatchObject({
      fields: { hello: 'world' },
    });
    for (const letter of [first, second]) {
      expect((await service.ask(String(letter), { method: 'DELETE', headers: ADMIN })).status).toBe(204);
    }
    expect((await service.ask(String(first), { method: 'DELETE', headers: ADMIN })).status).toBe(404);
    expect((await service.ask('/api/events/dead-letters/mongo_changes', { headers: ADMIN })).status).toBe(
      404,
    );
  });

  it('exports every event as a line, for administrators', async () => {
    expect((await service.ask('/api/events/export')).status).toBe(401);
    const exported = await service.ask('/api/events/export?stream=task:queue', { headers: ADMIN });
    expect(exported.headers['content-type']).toMatch(/ndjson/);
    const lines = exported.text.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Recorded).type)).toEqual([
      'task.created',
      'task.completed',
      'task.created',
      'task.completed',
    ]);
    expect((await service.ask('/api/events/export?from=never', { headers: ADMIN })).status).toBe(400);
  });

  it('says so while Redis is down, and goes on when it is back', async () => {
    const item = { stream: 'orders:placed', type: 'order.placed', data: { n: 1 } };
    await redis.kill();
    try {
      for (const [path, json] of [
        ['chat', { senderId: 'a', receiverId: 'b', content: 'x' }],
        ['tasks', { title: 'x' }],
        ['batch', { events: [item, item] }],
        ['batch', { events: [item, item], atomic: true }],
      ] as const) {
        const refused = await post(path, json);
        expect([refused.status, refused.body]).toMatchObject([
          503,
          { code: 'store-unavailable', store: 'redis' },
        ]);
      }
      expect((await service.ask('/api/events/stats')).status).toBe(503);
      expect((await service.ask('/api/events/processed')).status).toBe(200);
    } finally {
      await redis.restart();
    }
    const sent = await eventually(
      async () => {
        const answer = await post('chat', { senderId: 'a', receiverId: 'b', content: 'back' });
        expect(answer.status).toBe(202);
        return answer;
      },
      { timeoutMs: 15_000 },
    );
    await recordedAs(sent.body.eventId);
  }, 60_000);
});
