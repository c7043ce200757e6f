import {
  describeWith,
  postgresUnavailableReason,
  redisUnavailableReason,
  startPrivatePostgres,
  startPrivateRedis,
  type PrivatePostgres,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import type { HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { eventually } from '@redis-mongo-sync/testing';
import { startEventService } from './start-event-service.js';

const reason = redisUnavailableReason() ?? (await postgresUnavailableReason());

describeWith(describe, reason)('events with the audit log in PostgreSQL, and two event-services', () => {
  let postgres: PrivatePostgres;
  let redis: PrivateRedis;
  let services: HttpProbe[] = [];
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPrivatePostgres(), startPrivateRedis()]);
    const stores = { redisUrl: redis.url, auditPostgresUrl: postgres.url };
    services = await Promise.all([startEventService(stores), startEventService(stores)]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.close()));
    await redis.stop();
    await postgres.stop();
  });

  const ask = (n: number, path: string, json?: unknown) => {
    const service = services[n % services.length];
    if (!service) throw new Error('no service');
    return service.ask(`/api/events/${path}`, json === undefined ? {} : { method: 'POST', json });
  };
  const publish = (n: number) => ask(n, 'logs', { level: 'info', message: `line ${n}`, service: 's' });
  const recorded = async (n: number) => {
    const { status, body } = await ask(n, 'processed?limit=500&order=asc');
    return status === 200 ? (body.events as { eventId: string; sequence: number }[]) : [];
  };
  const allOnce = (ids: readonly string[]) =>
    eventually(
      async () => {
        const found = (await recorded(0)).map(({ eventId }) => eventId);
        expect([...found].sort()).toEqual([...ids].sort());
      },
      { timeoutMs: 30_000 },
    );

  it('records what either service is given, once, in one order that both show', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => publish(n)));
    const ids = answers.map(({ body }) => String(body.eventId));
    await allOnce(ids);
    expect(await recorded(1)).toEqual(await recorded(0));
    const { body } = await ask(1, 'stats');
    expect(body.figures).toMatchObject({ logs: { info: 100 } });
  });

  it('takes events in while PostgreSQL is down, says so, and records them when it is back', async () => {
    const { server } = postgres;
    if (!server) return; // a server that was there before is not ours to stop
    const before = (await recorded(0)).map(({ eventId }) => eventId);
    await server.kill('SIGKILL');
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => publish(1_000 + n)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    const question = await ask(0, 'processed');
    expect([question.status, question.body]).toMatchObject([
      503,
      { code: 'store-unavailable', store: 'postgres' },
    ]);
    await eventually(async () => {
      const health = await services[0]?.ask('/health');
      expect(health?.body).toMatchObject({ details: { events: { status: 'down', auditLog: 'down' } } });
    });
    await server.restart();
    await allOnce([...before, ...answers.map(({ body }) => String(body.eventId))]);
    const letters = (await ask(0, 'stats')).body.streams as { deadLetters: number }[];
    expect(letters.map(({ deadLetters }) => deadLetters)).toEqual(letters.map(() => 0));
  }, 60_000);
});
