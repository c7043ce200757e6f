import {
  describeWith,
  postgresUnavailableReason,
  startPrivatePostgres,
  type PrivatePostgres,
} from '@redis-mongo-sync/dev-servers';
import { Client } from 'pg';
import { eventually, TcpProxy } from '@redis-mongo-sync/testing';
import type { AuditLog } from '../src/audit-log.js';
import { AuditStoreUnavailableError } from '../src/errors.js';
import { openAuditLog, type OpenAuditLogOptions } from '../src/open-audit-log.js';
import { appendUntilDone, survivesFaults } from '../src/testing/fault-contract.js';
import { follow } from '../src/testing/follow.js';
import { sampleEntries, sampleEntry } from '../src/testing/sample-entries.js';

describeWith(describe, await postgresUnavailableReason())('PostgreSQL with faults', () => {
  let server: PrivatePostgres;
  const opened: AuditLog[] = [];

  beforeEach(async () => {
    server = await startPrivatePostgres();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((log) => log.close()));
    await server.stop();
  });

  const open = (url: string, options: OpenAuditLogOptions = {}) => {
    const log = openAuditLog({ store: 'postgres', url }, { tailPollMs: 20, timeoutMs: 3_000, ...options });
    opened.push(log);
    return log;
  };

  const through = (proxy: TcpProxy) => {
    const url = new URL(server.url);
    url.port = String(proxy.port);
    return url.href;
  };

  const command = async (statement: string) => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };

  it('killed while entries are appended: loses nothing and doubles nothing', async () => {
    const process = server.server;
    if (!process) return; // a server that is not ours is not ours to kill
    await survivesFaults({
      open: () => open(server.url),
      faults: 4,
      breakIt: async () => {
        await process.kill();
        await process.restart();
      },
    });
  }, 120_000);

  it('backends terminated by an administrator', async () => {
    await survivesFaults({
      open: () => open(server.url),
      faults: 10,
      breakIt: () =>
        command(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'audit-log'",
        ),
    });
  }, 120_000);

  it('connections reset', async () => {
    const proxy = await TcpProxy.start({ port: server.port });
    try {
      await survivesFaults({
        open: () => open(through(proxy)),
        faults: 10,
        breakIt: () => Promise.resolve(proxy.reset()),
      });
    } finally {
      await proxy.close();
    }
  }, 120_000);

  it('a slow appender among fast ones: a reader sees what it records in its place', async () => {
    const proxy = await TcpProxy.start({ port: server.port });
    const [slow, fast, reader] = [open(through(proxy)), open(server.url), open(server.url)];
    await slow.prepare();
    const follower = follow(reader);
    try {
      proxy.latency(15); // of each of the six answers between taking the lock and giving it back
      const stop = new AbortController();
      const fastRuns = async () => {
        for (let n = 1; !stop.signal.aborted; n++) await fast.append([sampleEntry(n, { stream: 'fast' })]);
        return (await fast.stats()).total;
      };
      const running = fastRuns();
      for (let n = 1; n <= 10; n++) await slow.append([sampleEntry(n, { stream: 'slow' })]);
      stop.abort();
      const total = await running;
      await eventually(() => expect(follower.seen.length).toBeGreaterThanOrEqual(total));
      expect(follower.sequences()).toEqual(Array.from({ length: total }, (_, index) => index + 1));
      expect(follower.seen.filter(({ stream }) => stream === 'slow')).toHaveLength(10);
    } finally {
      await follower.stop();
      await proxy.close();
    }
  }, 60_000);

  it('the answer to a commit is lost: the repetition finds the entries, and gives their sequences', async () => {
    const proxy = await TcpProxy.start({ port: server.port });
    try {
      const log = open(through(proxy));
      await log.prepare();
      proxy.cutReply((reply) => reply.includes('COMMIT'));
      await expect(log.append(sampleEntries(3))).rejects.toBeInstanceOf(AuditStoreUnavailableError);
      expect(proxy.cuts).toBe(1);
      const outcomes = await appendUntilDone(log, sampleEntries(4));
      expect(outcomes.map(({ outcome, sequence }) => `${outcome} ${sequence}`)).toEqual([
        'duplicate 1',
        'duplicate 2',
        'duplicate 3',
        'recorded 4',
      ]);
    } finally {
      await proxy.close();
    }
  });

  it('an appender that is gone while it holds the lock does not hold up other appenders for ever', async () => {
    const proxy = await TcpProxy.start({ port: server.port });
    try {
      const [lost, other] = [
        open(through(proxy), { timeoutMs: 1_000 }),
        open(server.url, { timeoutMs: 10_000 }),
      ];
      await lost.prepare();
      const locked = new Promise<void>((resolve) => {
        proxy.cutReply((reply) => {
          if (!reply.includes('pg_advisory_xact_lock')) return false;
          proxy.blackHole(); // this reply still arrives, then nothing more, in either direction
          resolve();
          return false;
        });
      });
      const losing = expect(lost.append(sampleEntries(3))).rejects.toBeInstanceOf(AuditStoreUnavailableError);
      await locked;
      expect(await other.append(sampleEntries(2))).toMatchObject([{ sequence: 1 }, { sequence: 2 }]);
      await losing;
      proxy.pass();
      const outcomes = await appendUntilDone(lost, sampleEntries(3));
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate', 'recorded']);
    } finally {
      await proxy.close();
    }
  }, 60_000);

  it('a server that is not there is reported as such, soon', async () => {
    const log = open('postgres://postgres@127.0.0.1:1/nothing');
    await expect(log.prepare()).rejects.toBeInstanceOf(AuditStoreUnavailableError);
    await expect(log.append(sampleEntries(1))).rejects.toBeInstanceOf(AuditStoreUnavailableError);
    await expect(log.query()).rejects.toBeInstanceOf(AuditStoreUnavailableError);
  });
});
