import {
  describeWith,
  postgresUnavailableReason,
  startPrivatePostgres,
  type PrivatePostgres,
} from '@redis-mongo-sync/dev-servers';
import knex, { type Knex } from 'knex';
import { openAuditLog } from '../src/open-audit-log.js';
import { PostgresAuditStore } from '../src/postgres/postgres-audit-store.js';
import { StoredAuditLog } from '../src/stored-audit-log.js';
import { auditLogContract } from '../src/testing/audit-log-contract.js';
import { occurredAtOf, sampleEntries } from '../src/testing/sample-entries.js';

describeWith(describe, await postgresUnavailableReason())('with PostgreSQL', () => {
  let server: PrivatePostgres;
  let outsider: Knex;

  beforeAll(async () => {
    server = await startPrivatePostgres();
    outsider = knex({ client: 'pg', connection: server.url, pool: { min: 0, max: 2 } });
  });

  afterAll(async () => {
    await outsider.destroy();
    await server.stop();
  });

  const newPlace = async () => {
    await outsider.raw('drop schema public cascade');
    await outsider.raw('create schema public');
  };

  auditLogContract('PostgreSQL', async () => {
    await newPlace();
    return { open: (options) => openAuditLog({ store: 'postgres', url: server.url }, options) };
  });

  describe('in PostgreSQL', () => {
    const filled = async (count: number) => {
      await newPlace();
      const log = openAuditLog({ store: 'postgres', url: server.url });
      await log.prepare();
      for (let first = 1; first <= count; first += 1000) {
        await log.append(sampleEntries(Math.min(1000, count - first + 1), first));
      }
      return log;
    };

    it.each([
      ['an update', "update audit_log set type = 'x'", 'UPDATE'],
      ['a delete', 'delete from audit_log where sequence = 1', 'DELETE'],
      ['a truncate', 'truncate audit_log', 'TRUNCATE'],
    ])('%s by another client is refused', async (_name, statement, operation) => {
      const log = await filled(3);
      await expect(outsider.raw(statement)).rejects.toThrow(
        `audit_log is append-only: ${operation} is refused`,
      );
      expect((await log.stats()).total).toBe(3);
      await log.close();
    });

    it('retention leaves the table append-only for the next user of its connection', async () => {
      const store = new PostgresAuditStore({ url: server.url, poolSize: 1 });
      await newPlace();
      const log = new StoredAuditLog(store);
      await log.prepare();
      await log.append(sampleEntries(5));
      expect(await log.retention({ olderThan: '2100-01-01' })).toBe(4);
      await expect(outsider.raw('delete from audit_log')).rejects.toThrow('append-only');
      await log.close();
    });

    it('what a superuser changes behind the trigger is found by verification', async () => {
      const log = await filled(20);
      await outsider.transaction(async (trx) => {
        await trx.raw('set local session_replication_role = replica');
        await trx('audit_log').where('sequence', 12).update('type', 'user.deleted');
      });
      expect(await log.verify()).toEqual({ outcome: 'broken', checked: 11, sequence: 12, reason: 'hash' });
      await log.close();
    });

    it('every condition has an index: no sequential scan, and no sort but for a span of time', async () => {
      const log = await filled(20_000);
      await outsider.raw('analyze audit_log');
      const store = new PostgresAuditStore({ url: server.url });
      try {
        const common = { order: 'desc', limit: 101 } as const;
        const plans = {
          all: await store.explain(common),
          next: await store.explain({ ...common, before: 10_000 }),
          tail: await store.explain({ after: 19_000, order: 'asc', limit: 500 }),
          entityId: await store.explain({ ...common, entityId: 'user-3', entity: 'user' }),
          entity: await store.explain({ ...common, entity: 'nothing' }),
          type: await store.explain({ ...common, type: 'nothing' }),
          stream: await store.explain({ ...common, stream: 'nothing' }),
          rareEntityId: await store.explain({ ...common, entityId: 'nobody' }),
        };
        for (const plan of Object.values(plans)) expect(plan).toMatch(/Index Scan/);
        for (const plan of Object.values(plans)) expect(plan).not.toMatch(/Seq Scan|Sort/);
        expect(plans.rareEntityId).toContain('audit_log_by_entity_id');
        expect(plans.type).toContain('audit_log_by_type');
        expect(plans.stream).toMatch(/audit_log_by_stream|audit_log_event/);
        const span = { from: occurredAtOf(100), to: occurredAtOf(110) };
        expect(await store.explain({ ...common, ...span })).toContain('audit_log_by_time');
      } finally {
        await store.close();
        await log.close();
      }
    });
  });
});
