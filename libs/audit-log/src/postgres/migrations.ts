import type { Knex } from 'knex';

interface NamedMigration extends Knex.Migration {
  readonly name: string;
}

/** As objects, not files: nothing is looked up on the disk, so they are the same in `src`, in `dist` and under Jest. */
const MIGRATIONS: readonly NamedMigration[] = [
  {
    name: '001_audit_log',
    up: (db) =>
      db.schema.createTable('audit_log', (table) => {
        table.bigint('sequence').primary();
        table.string('stream', 128).notNullable();
        table.string('event_id', 128).notNullable();
        table.string('type', 128).notNullable();
        table.string('entity', 128);
        table.string('entity_id', 256);
        table.timestamp('occurred_at', { precision: 3, useTz: true }).notNullable();
        table.timestamp('recorded_at', { precision: 3, useTz: true }).notNullable();
        table.string('stream_entry_id', 41).notNullable();
        table.string('correlation_id', 128);
        table.json('data').notNullable(); // json keeps the text that was hashed; jsonb would not
        table.string('hash', 43).notNullable();
        table.unique(['stream', 'event_id'], { indexName: 'audit_log_event' });
        table.index(['type', 'sequence'], 'audit_log_by_type');
        table.index(['stream', 'sequence'], 'audit_log_by_stream');
        table.index(['occurred_at', 'sequence'], 'audit_log_by_time');
        table.index(['entity_id', 'sequence'], 'audit_log_by_entity_id', {
          predicate: db.whereNotNull('entity_id'),
        });
        table.index(['entity', 'sequence'], 'audit_log_by_entity', { predicate: db.whereNotNull('entity') });
      }),
    down: (db) => db.schema.dropTable('audit_log'),
  },
  {
    name: '002_append_only',
    up: (db) => db.raw(APPEND_ONLY),
    down: (db) => db.raw('drop trigger audit_log_append_only on audit_log; drop function audit_log_refuse()'),
  },
];

export const MIGRATION_SOURCE: Knex.MigrationSource<NamedMigration> = {
  getMigrations: () => Promise.resolve([...MIGRATIONS]),
  getMigrationName: ({ name }) => name,
  getMigration: (migration) => Promise.resolve(migration),
};

/** Retention says who it is, for its own transaction only. */
export const RETENTION_PASS = 'audit_log.retention';

const APPEND_ONLY = `
create function audit_log_refuse() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('${RETENTION_PASS}', true) = 'on' then
    return null;
  end if;
  raise exception 'audit_log is append-only: % is refused', tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger audit_log_append_only before update or delete or truncate on audit_log
  for each statement execute function audit_log_refuse()`;
