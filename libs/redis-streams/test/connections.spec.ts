import { connect } from '../src/connections.js';
import { classifyRedisFailure } from '../src/failure-kind.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';
import { eventually } from '../src/testing/eventually.js';

describe('connection profiles', () => {
  let server: TestRedis;
  beforeEach(async () => (server = await startTestRedis({ appendOnly: true })));
  afterEach(() => server.stop());

  const failure = async (work: Promise<unknown>): Promise<{ ms: number; error: unknown }> => {
    const startedAt = Date.now();
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { ms: Date.now() - startedAt, error };
  };

  it('http: fails at once when Redis is down and within its time-out when Redis is silent', async () => {
    const client = server.client('http');
    await eventually(() => client.ping());
    await server.freeze();
    const frozen = await failure(client.ping());
    expect(frozen.ms).toBeLessThan(1_000);
    await server.thaw();
    await server.kill();
    await eventually(() => client.status !== 'ready');
    const down = await failure(client.ping());
    expect(down.ms).toBeLessThan(200);
    for (const { error } of [frozen, down]) expect(classifyRedisFailure(error)).toBe('transient');
  });

  it('http: replaces a connection that has gone silent, and works again', async () => {
    const client = server.client('http');
    await eventually(() => client.ping());
    await server.freeze();
    await failure(client.ping());
    await eventually(() => client.status !== 'ready', { timeoutMs: 5_000 });
    await server.thaw();
    await eventually(() => client.ping());
  });

  it('commands: an outage fails within seconds, a short one not at all', async () => {
    const client = server.client('commands');
    await client.ping();
    await server.kill();
    const down = await failure(client.ping());
    expect(down.ms).toBeLessThan(5_500);
    expect(classifyRedisFailure(down.error)).toBe('transient');
    await server.restart();
    await eventually(() => client.ping());
  });

  it('blocking: a lost connection fails the read instead of repeating it', async () => {
    const client = server.client('blocking');
    await client.connect();
    const read = failure(client.xread('BLOCK', 20_000, 'STREAMS', 's', '$'));
    await server.kill();
    await server.restart();
    expect(classifyRedisFailure((await read).error)).toBe('transient');
    expect(client.status).toBe('end');
  });

  it('reports errors to its listener and never as an unhandled event', async () => {
    await server.kill();
    const errors: Error[] = [];
    const client = connect({ url: server.url, profile: 'http', onError: (error) => errors.push(error) });
    await eventually(() => errors.length > 0);
    client.disconnect();
  });
});
