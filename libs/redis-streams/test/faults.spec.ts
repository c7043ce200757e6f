import type { Redis } from 'ioredis';
import { connect } from '../src/connections.js';
import { eventually } from '../src/testing/eventually.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';
import {
  addEntries,
  GROUP,
  pendingCount,
  range,
  RecordedConsumer,
  STREAM,
} from './support/recorded-consumer.js';
import { TcpProxy } from '@redis-mongo-sync/testing';

describe('faults of Redis and the network', () => {
  let server: TestRedis;
  let proxy: TcpProxy;
  let client: Redis;
  let recorded: RecordedConsumer;

  beforeAll(async () => {
    server = await startTestRedis({ appendOnly: true });
    proxy = await TcpProxy.start({ port: server.port });
    client = server.client();
  });
  beforeEach(async () => {
    proxy.pass();
    await client.flushall();
    recorded = new RecordedConsumer({
      commands: client,
      openBlocking: () => connect({ url: `redis://127.0.0.1:${proxy.port}`, profile: 'blocking' }),
    });
  });
  afterEach(() => recorded.stop());
  afterAll(async () => {
    await proxy.close();
    await server.stop();
  });

  const tailing = () => eventually(() => recorded.consumer.mode === 'tailing');
  const settled = () => eventually(async () => expect(await pendingCount(client)).toBe(0));

  it('handles the entries of a reply that was cut, before the later ones', async () => {
    recorded.start();
    await tailing();
    proxy.cutReply((reply) => reply.includes('orders'));
    await addEntries(client, 3);
    await eventually(() => proxy.cuts === 1);
    await addEntries(client, 3, 3);
    await eventually(() => recorded.values.length === 6);
    expect(recorded.values).toEqual(range(6));
    await settled();
    expect(recorded.consumer.snapshot().reconnects).toBe(1);
  });

  it('survives fifty cut replies under load: all handled, in order', async () => {
    recorded.start();
    await tailing();
    let added = 0;
    for (let cut = proxy.cuts; cut < 50; cut += 1) {
      proxy.cutReply((reply) => reply.includes('orders'));
      await addEntries(client, 4, added);
      added += 4;
      await eventually(() => proxy.cuts === cut + 1);
    }
    await eventually(() => recorded.values.includes(String(added - 1)));
    await settled();
    expect(recorded.values).toEqual(range(added));
  });

  it('notices a black hole by its watchdog and opens a new connection', async () => {
    recorded.start();
    await tailing();
    proxy.blackHole();
    await addEntries(client, 3);
    await eventually(() => recorded.consumer.snapshot().breaker.state !== 'closed');
    proxy.pass(); // the old connection stays dead, like one whose peer has gone
    await eventually(() => recorded.values.length === 3);
    expect(recorded.values).toEqual(range(3));
    await settled();
  });

  it('recovers from resets and refused connections', async () => {
    recorded.start();
    await tailing();
    proxy.refuse();
    await addEntries(client, 3);
    await eventually(() => recorded.consumer.snapshot().interruptions >= 3);
    proxy.pass();
    await eventually(() => recorded.values.length === 3);
    expect(recorded.consumer.snapshot().interruptions).toBeLessThan(100);
  });

  it('waits out a frozen Redis and goes on when it thaws', async () => {
    recorded.start();
    await addEntries(client, 3);
    await eventually(() => recorded.values.length === 3);
    await server.freeze();
    await eventually(() => recorded.consumer.snapshot().breaker.state !== 'closed');
    await server.thaw();
    await addEntries(client, 3, 3);
    await eventually(() => recorded.values.length === 6);
    expect(recorded.values).toEqual(range(6));
    await settled();
  });

  it('stops by its deadline while Redis is frozen', async () => {
    recorded.start();
    await tailing();
    await server.freeze();
    const startedAt = Date.now();
    await recorded.stop(300);
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    await server.thaw();
  });

  it('loses nothing over a kill -9 of Redis with AOF, in the middle of a backlog', async () => {
    recorded = new RecordedConsumer({ commands: client, batchSize: 20 });
    recorded.handler = async () => {
      if (recorded.calls.length === 5) await server.kill();
      return { acked: false };
    };
    await addEntries(client, 500);
    recorded.start();
    await eventually(() => recorded.consumer.snapshot().breaker.state !== 'closed');
    await server.restart();
    await eventually(() => recorded.values.includes('499'));
    await settled();
    expect(new Set(recorded.values)).toEqual(new Set(range(500)));
    expect(recorded.values.length).toBeLessThanOrEqual(500 + 3 * 20); // repeats: what was in hand, no more
  });

  describe('the group is gone', () => {
    it.each([
      ['the stream is deleted', () => client.del(STREAM)],
      ['everything is flushed', () => client.flushall()],
      ['the group is destroyed', () => client.xgroup('DESTROY', STREAM, GROUP)],
    ])('%s under a blocked reader: few errors, a new group, later entries handled', async (_what, wipe) => {
      recorded.start();
      await addEntries(client, 3);
      await eventually(() => recorded.values.length === 3);
      await settled();
      const [last = ''] = (await client.xrevrange(STREAM, '+', '-', 'COUNT', 1)).map(([id]) => id);
      startId = last;
      await wipe();
      await addEntries(client, 3, 3);
      await eventually(() => recorded.values.length === 6);
      expect(recorded.values).toEqual(range(6));
      await settled();
      expect(recorded.events['group-lost'].length).toBeGreaterThanOrEqual(1);
      expect(recorded.events['group-lost'].length).toBeLessThanOrEqual(3);
      expect(recorded.events['group-created'].at(-1)).toEqual({ startId: last });
    });

    let startId = '0';
    beforeEach(() => {
      startId = '0';
      recorded = new RecordedConsumer({ commands: client, startId: () => Promise.resolve(startId) });
    });

    it('does not spin when it cannot be recreated', async () => {
      recorded.start();
      await tailing();
      await client.del(STREAM);
      await client.set(STREAM, 'not a stream'); // WRONGTYPE: bad configuration, no use in trying
      await eventually(() => recorded.events.fatal.length === 1);
      expect(recorded.consumer.snapshot().interruptions).toBeLessThan(10);
      expect(recorded.consumer.mode).toBe('stopped');
    });

    it('backs off when the group vanishes again and again', async () => {
      recorded.start();
      await tailing();
      const until = Date.now() + 1_000;
      while (Date.now() < until) await client.del(STREAM);
      expect(recorded.consumer.snapshot().groupLosses).toBeLessThan(150); // a hot loop has thousands
      await addEntries(client, 1);
      await eventually(() => recorded.values.length === 1);
    });
  });
});
