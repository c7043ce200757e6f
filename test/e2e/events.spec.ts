import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { eventually, inLanes } from '@redis-mongo-sync/testing';
import { Services, type Answer } from '../support/services.js';

const ADMIN = { authorization: 'Bearer a-token-for-tests-only' };

interface Recorded {
  readonly sequence: number;
  readonly eventId: string;
  readonly stream: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

describeWith(describe, redisUnavailableReason())('events, as four processes', () => {
  let product: Services;
  let n = 0;
  const name = () => `event-user-${n++}`;

  beforeAll(async () => {
    product = await Services.start();
    await eventually(async () => (await product.ask('GET', '/health')).status === 200, { timeoutMs: 30_000 });
  }, 60_000);
  afterAll(() => product.stop());

  const createUser = (username: string) =>
    product.ask('POST', '/api/users', { username, email: `${username}@example.org` });
  const chat = (content: string, headers: Record<string, string> = {}) =>
    product.ask('POST', '/api/events/chat', { senderId: 'ada', roomId: 'lobby', content }, headers);

  /** The whole audit log, oldest first. */
  async function recorded(query = ''): Promise<Recorded[]> {
    const all: Recorded[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const place: string = cursor && `&cursor=${cursor}`;
      const answer: Answer = await product.ask(
        'GET',
        `/api/events/processed?order=asc&limit=500${query}${place}`,
      );
      expect(answer.status).toBe(200);
      all.push(...(answer.body.events as Recorded[]));
      cursor = answer.body.nextCursor as string | null;
    }
    return all;
  }

  /** Waits until each of these events is in the audit log, and says which are there more than once. */
  async function lostAndDoubled(ids: readonly string[]): Promise<{ lost: string[]; doubled: string[] }> {
    const timesOf = async () => {
      const times = new Map<string, number>();
      for (const { eventId } of await recorded()) times.set(eventId, (times.get(eventId) ?? 0) + 1);
      return times;
    };
    const times = await eventually(
      async () => {
        const found = await timesOf();
        expect(ids.filter((id) => !found.has(id))).toEqual([]);
        return found;
      },
      { timeoutMs: 40_000, everyMs: 250 },
    ).catch(timesOf);
    return {
      lost: ids.filter((id) => !times.has(id)),
      doubled: [...times].filter(([, count]) => count > 1).map(([id]) => id),
    };
  }

  it('a user by id is the mongo-first user, in Redis a moment later, and an event', async () => {
    const username = name();
    const made = await createUser(username);
    expect(made.status).toBe(201);
    const { id, email } = made.body as { id: string; email: string };
    expect(made.headers.get('location')).toBe(`/api/users/${id}`);
    const mongo = await product.get('mongo-first', email);
    expect(mongo.body).toMatchObject({ email, username, name: username, version: made.body.version });
    await eventually(async () =>
      expect((await product.get('redis-first', email)).body).toMatchObject({ username }),
    );

    const moved = { username: `${username}-2`, email: `${username}-2@example.org` };
    const put = await product.ask('PUT', `/api/users/${id}`, moved, {
      'if-match': `"${String(made.body.version)}"`,
    });
    expect([put.status, put.body.id, put.body.email]).toEqual([200, id, moved.email]);
    expect((await product.ask('PUT', `/api/users/${id}`, moved, { 'if-match': '"1"' })).status).toBe(412);
    expect((await createUser(`${username}-2`)).body).toMatchObject({ code: 'email-taken', id });
    expect((await product.ask('POST', '/api/users', { email: 'x' })).body.code).toBe('invalid-body');
    expect((await product.ask('GET', '/api/users/nobody')).body.code).toBe('invalid-id');
    const page = await product.ask('GET', '/api/users?limit=1');
    expect(page.body.users).toHaveLength(1);
    expect((await product.ask('DELETE', `/api/users/${id}`)).status).toBe(204);
    expect((await product.ask('GET', `/api/users/${id}`)).body.code).toBe('user-not-found');

    const events = await eventually(async () => {
      const found = await recorded(`&entity=user&entityId=${id}`);
      expect(found).toHaveLength(3);
      return found;
    });
    expect(events.map(({ type }) => type)).toEqual(['user.created', 'user.updated', 'user.deleted']);
    expect(events[1]?.data).toMatchObject({ previousEmail: email, email: moved.email });
  });

  it('health shows the streams; the figures are there for Prometheus', async () => {
    const { body } = await product.ask('GET', '/health');
    expect(body.details).toMatchObject({
      events: { status: 'up', auditLog: 'up', streams: { 'user:events': { deadLetters: 0 } } },
    });
    const metrics = await fetch(`${product.gateway.url}/metrics`, { headers: { accept: 'text/plain' } });
    expect(await metrics.text()).toMatch(/^events_audit_log_up 1$/m);
  });

  it('the description of the API has every endpoint of the events', async () => {
    const { body } = await product.ask('GET', '/api-docs-json');
    const operations = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations).toEqual(
      expect.arrayContaining([
        'POST /api/users',
        'GET /api/users',
        'GET /api/users/{id}',
        'PUT /api/users/{id}',
        'DELETE /api/users/{id}',
        'POST /api/events/chat',
        'POST /api/events/tasks',
        'POST /api/events/tasks/{id}/complete',
        'POST /api/events/logs',
        'POST /api/events/custom',
        'POST /api/events/batch',
        'GET /api/events/processed',
        'GET /api/events/stats',
        'GET /api/events/stream',
        'GET /api/events/export',
        'GET /api/events/dead-letters/{stream}',
      ]),
    );
  });

  it('a follower gets what happens as it happens, and after a break everything that it missed', async () => {
    const first = await Follower.open(product.gateway.url);
    const sent = await chat('first');
    await eventually(() => first.eventIds.includes(String(sent.body.eventId)));
    const lastId = first.lastId;
    await first.close();
    const missed = await Promise.all([chat('missed 1'), chat('missed 2')]);
    const second = await Follower.open(product.gateway.url, { 'last-event-id': lastId });
    const later = await chat('later');
    const wanted = [...missed, later].map(({ body }) => String(body.eventId)).sort();
    await eventually(() => second.eventIds.length === 3);
    expect([...second.eventIds].sort()).toEqual(wanted);
    await second.close();
    const refused = await fetch(`${product.gateway.url}/api/events/stream`, {
      headers: { 'last-event-id': 'x' },
    });
    expect(refused.status).toBe(400);
    await refused.body?.cancel();
  });

  it('the user-service is killed again and again while users are written: every write has its one event', async () => {
    const written = new Map<string, number>();
    let going = true;
    const writers = Array.from({ length: 4 }, async () => {
      while (going) {
        const answer = await createUser(name()).catch(() => undefined);
        if (answer?.status === 201) written.set(String(answer.body.id), Number(answer.body.version));
        else await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    try {
      for (let round = 0; round < 3; round++) {
        const goal = written.size + 30;
        await eventually(() => written.size >= goal, { timeoutMs: 30_000 });
        await product.users.end('SIGKILL');
        await product.users.launch();
      }
    } finally {
      going = false;
      await Promise.all(writers);
    }
    const ids = [...written].map(([id, version]) => `user:${id}:${version}`);
    expect(await lostAndDoubled(ids)).toEqual({ lost: [], doubled: [] });
    const entries = await product.redis.xlen('user:events');
    const outbox = product.client.db(product.mongo.database).collection('outbox');
    await eventually(async () => expect(await outbox.countDocuments()).toBe(0));
    expect(entries).toBeGreaterThan(0);
    // Also of writes whose answer was lost: a user is there exactly when its event is.
    const announced = new Set((await recorded('&type=user.created')).map(({ data }) => data.id));
    const users = await product.client.db(product.mongo.database).collection('users').find().toArray();
    const created = users.filter(({ username }) => String(username).startsWith('event-user-'));
    expect(created.filter(({ _id }) => !announced.has(String(_id)))).toEqual([]);
  }, 120_000);

  it.each(['gateway', 'events'] as const)(
    'the process of %s is killed in mid-load: every acknowledged event is in the audit log, once',
    async (victim) => {
      const acknowledged: string[] = [];
      let going = true;
      const writers = Array.from({ length: 6 }, async (_, lane) => {
        for (let i = 0; going; i++) {
          const sending =
            lane % 3 === 0
              ? chat(`${lane}-${i}`)
              : lane % 3 === 1
                ? product.ask('POST', '/api/events/tasks', { title: `${lane}-${i}` })
                : product.ask('POST', '/api/events/custom', {
                    stream: 'load:events',
                    type: 'load.event',
                    data: { lane, i },
                  });
          const answer = await sending.catch(() => undefined);
          if (answer && answer.status < 300) acknowledged.push(String(answer.body.eventId));
          else await new Promise((resolve) => setTimeout(resolve, 10));
        }
      });
      try {
        for (let round = 0; round < 3; round++) {
          const goal = acknowledged.length + 200;
          await eventually(() => acknowledged.length >= goal, { timeoutMs: 30_000 });
          await product[victim].end('SIGKILL');
          await product[victim].launch();
        }
      } finally {
        going = false;
        await Promise.all(writers);
      }
      expect(await lostAndDoubled(acknowledged)).toEqual({ lost: [], doubled: [] });
    },
    120_000,
  );

  it('a request that is repeated over a lost connection publishes once', async () => {
    const headers = { 'idempotency-key': 'e2e-repeat' };
    const answers: Answer[] = [];
    await inLanes(8, 40, async () => void answers.push(await chat('once', headers)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const [answer] = answers;
    expect(await lostAndDoubled([String(answer?.body.eventId)])).toEqual({ lost: [], doubled: [] });
    const entries = await product.redis.xrange('chat:messages', String(answer?.body.entryId), '+');
    expect(
      entries.filter(([, fields]) => String(fields).includes(String(answer?.body.eventId))),
    ).toHaveLength(1);
  });

  it('what is exported is what was recorded, each line in its place', async () => {
    const response = await fetch(`${product.gateway.url}/api/events/export`, { headers: ADMIN });
    const lines = (await response.text()).trim().split('\n');
    const sequences = lines.map((line) => (JSON.parse(line) as Recorded).sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  it('a follower of an event-service that is killed is let go, and misses nothing when it comes back', async () => {
    const first = await Follower.open(product.gateway.url);
    const before = await chat('before the kill');
    await eventually(() => first.eventIds.includes(String(before.body.eventId)));
    await product.events.end('SIGKILL');
    await first.ended;
    const refused = await product.ask('GET', '/api/events/stream');
    expect([refused.status, refused.headers.get('retry-after'), refused.body.service]).toEqual([
      503,
      '1',
      'event-service',
    ]);
    const light = (await product.ask('GET', '/health')).body.details;
    expect(light).toMatchObject({ 'event-service': { status: 'down' }, events: { status: 'down' } });
    await product.events.launch();
    const after = await chat('after the kill');
    const second = await Follower.open(product.gateway.url, { 'last-event-id': first.lastId });
    await eventually(() => second.eventIds.length === 1, { timeoutMs: 20_000 });
    expect(second.eventIds).toEqual([after.body.eventId]);
    await second.close();
  }, 60_000);

  it.each(['gateway', 'events'] as const)(
    'the process of %s with followers stops in order',
    async (stopped) => {
      const follower = await Follower.open(product.gateway.url);
      expect(await product[stopped].end('SIGTERM')).toBe(0);
      await follower.ended;
      await product[stopped].launch();
    },
  );
});

/** A client of the server-sent events. */
class Follower {
  private constructor(
    private readonly heard: { text: string },
    private readonly aborter: AbortController,
    /** Resolves when nothing more comes, for whatever reason. */
    readonly ended: Promise<void>,
  ) {}

  static async open(url: string, headers: Record<string, string> = {}): Promise<Follower> {
    const aborter = new AbortController();
    const response = await fetch(`${url}/api/events/stream`, { headers, signal: aborter.signal });
    expect(response.headers.get('content-type')).toMatch(/text\/event-stream/);
    const heard = { text: '' };
    const read = async () => {
      for await (const chunk of response.body ?? [])
        heard.text += Buffer.from(chunk as Uint8Array).toString();
    };
    const follower = new Follower(
      heard,
      aborter,
      read().catch(() => undefined),
    );
    await eventually(() => heard.text.includes(': following'));
    return follower;
  }

  get eventIds(): string[] {
    const events = [...this.heard.text.matchAll(/^data: (.*)$/gm)];
    return events.map(([, json = '']) => (JSON.parse(json) as Recorded).eventId);
  }

  get lastId(): string {
    return [...this.heard.text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? '';
  }

  async close(): Promise<void> {
    this.aborter.abort();
    await this.ended;
  }
}
