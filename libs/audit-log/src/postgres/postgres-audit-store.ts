import type { Socket } from 'node:net';
import knex, { type Knex } from 'knex';
import type { AppendOutcome } from '../audit-entry.js';
import { keyOf } from '../append-queue.js';
import type { AuditCount } from '../audit-log.js';
import type { AuditStore, Head, PendingEntry, Sealer, StoredEntry, StorePage } from '../audit-store.js';
import { fromRow, INSERT, insertArrays, type EntryRow } from './entry-row.js';
import { MIGRATION_SOURCE, RETENTION_PASS } from './migrations.js';
import { withPostgresErrors } from './postgres-errors.js';

export interface PostgresAuditStoreOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Connections at most; appends need one. Default 5. */
  readonly poolSize?: number;
  /** How long a statement may take, waiting for other appenders included. Default 10,000 ms. */
  readonly timeoutMs?: number;
}

/** Advisory locks are numbers in one space per database: the first is this library's, the second says which lock. */
const LOCK = 0x41554454;
const APPENDING = 1;
const MIGRATING = 2;

/** knex writes to the console what it throws as well. */
const SILENT = { warn: ignore, error: ignore, deprecate: ignore, debug: ignore };
function ignore(): void {}

/**
 * Ends a connection that has been silent for so long. `query_timeout` gives up the statement only: a connection whose
 * server is gone without a word would stay in the pool, and fail every caller that gets it next.
 */
function endWhenSilent(ms: number) {
  return ({ connection: { stream } }: RawConnection, done: (error?: Error) => void) => {
    stream.setTimeout(ms, () => stream.destroy(new Error('Connection terminated: silent for too long')));
    done();
  };
}

/** What `pg` makes, as far as it is needed here. */
interface RawConnection {
  readonly connection: { readonly stream: Socket };
}

/** The head and the log behind it, in PostgreSQL. See AuditStore for why appenders take turns. */
export class PostgresAuditStore implements AuditStore {
  readonly #db: Knex;

  constructor(options: PostgresAuditStoreOptions) {
    const { url, poolSize = 5, timeoutMs = 10_000 } = options;
    this.#db = knex({
      client: 'pg',
      connection: {
        connectionString: url,
        application_name: 'audit-log',
        statement_timeout: timeoutMs,
        query_timeout: timeoutMs + 1_000, // the server may be gone without a word
        connectionTimeoutMillis: timeoutMs,
        idle_in_transaction_session_timeout: timeoutMs, // else a frozen appender would hold the lock for ever
        keepAlive: true,
        options: '-c synchronous_commit=on', // durable, even where the server is set up otherwise
      },
      pool: { min: 0, max: poolSize, afterCreate: endWhenSilent(timeoutMs + 500) },
      acquireConnectionTimeout: timeoutMs,
      log: SILENT,
    });
  }

  /**
   * All in one transaction and behind a lock: processes that start together migrate one after the other, and one that
   * is killed leaves nothing behind (knex's own lock would stay locked).
   */
  async prepare(): Promise<void> {
    await this.#transaction(async (trx) => {
      await lock(trx, MIGRATING);
      await trx.migrate.latest({
        tableName: 'audit_log_migrations',
        migrationSource: MIGRATION_SOURCE,
      });
    });
  }

  append(entries: readonly PendingEntry[], seal: Sealer): Promise<readonly AppendOutcome[]> {
    return this.#transaction(async (trx) => {
      await lock(trx, APPENDING); // a statement of its own: the next ones see all that was committed before
      const recorded = await findRecorded(trx, entries);
      const head = await readHead(trx);
      const fresh = entries.filter((entry) => !recorded.has(keyOf(entry)));
      const sealed = seal(head, fresh);
      if (sealed.length > 0) await trx.raw(INSERT, insertArrays(sealed));
      const added = new Map(sealed.map((entry) => [keyOf(entry), entry.sequence]));
      return entries.map((entry): AppendOutcome => {
        const sequence = added.get(keyOf(entry));
        if (sequence !== undefined) return { outcome: 'recorded', sequence };
        return { outcome: 'duplicate', sequence: recorded.get(keyOf(entry)) ?? 0 };
      });
    });
  }

  head(): Promise<Head | undefined> {
    return withPostgresErrors(() => readHead(this.#db));
  }

  page(page: StorePage): Promise<readonly StoredEntry[]> {
    return withPostgresErrors(async () => (await readPage(this.#db, page)).map(fromRow));
  }

  /** How PostgreSQL would answer this page. */
  explain(page: StorePage): Promise<string> {
    return withPostgresErrors(async () => {
      const { sql, bindings } = pageQuery(this.#db, page).toSQL();
      const { rows } = await this.#db.raw<{ rows: Record<string, string>[] }>(`explain ${sql}`, [
        ...bindings,
      ]);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
  }

  counts(): Promise<readonly AuditCount[]> {
    return withPostgresErrors(async () => {
      const groups = await this.#db('audit_log')
        .select<{ stream: string; type: string; count: string }[]>('stream', 'type', this.#db.raw('count(*)'))
        .groupBy('stream', 'type')
        .orderByRaw('stream collate "C", type collate "C"');
      return groups.map(({ stream, type, count }) => ({ stream, type, count: Number(count) }));
    });
  }

  remove(from: number, to: number): Promise<number> {
    return this.#transaction(async (trx) => {
      await trx.raw('select set_config(?, ?, true)', [RETENTION_PASS, 'on']);
      return trx('audit_log').whereBetween('sequence', [from, to]).delete();
    });
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  #transaction<T>(step: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return withPostgresErrors(() => this.#db.transaction(step, { isolationLevel: 'read committed' }));
  }
}

/** Held until the transaction's end has become visible. */
async function lock(trx: Knex.Transaction, which: number): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(?, ?)', [LOCK, which]);
}

async function readHead(db: Knex): Promise<Head | undefined> {
  const [row] = await readPage(db, { order: 'desc', limit: 1 });
  return row ? fromRow(row) : undefined;
}

async function findRecorded(
  db: Knex,
  entries: readonly PendingEntry[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.raw<{ rows: Pick<EntryRow, 'stream' | 'event_id' | 'sequence'>[] }>(
    `select stream, event_id, sequence from audit_log
     join unnest(?::text[], ?::text[]) as given (stream, event_id) using (stream, event_id)`,
    [entries.map(({ stream }) => stream), entries.map(({ eventId }) => eventId)],
  );
  return new Map(
    rows.map((row) => [keyOf({ stream: row.stream, eventId: row.event_id }), Number(row.sequence)]),
  );
}

const EXACT = { entity: 'entity', entityId: 'entity_id', type: 'type', stream: 'stream' } as const;

async function readPage(db: Knex, page: StorePage): Promise<EntryRow[]> {
  return (await pageQuery(db, page)) as EntryRow[];
}

function pageQuery(db: Knex, page: StorePage): Knex.QueryBuilder {
  const rows = db('audit_log').select('*', db.raw('data::text as data')).orderBy('sequence', page.order);
  if (page.from === undefined && page.to === undefined) return rows.where(conditions(page)).limit(page.limit);
  // A span of time: the places first, which an index alone can tell. For wide spans the planner may still walk the
  // primary key from its end (a day of a million rows: 0.1 to 0.4 s).
  const places = db('audit_log').select('sequence').where(conditions(page));
  return rows.whereIn('sequence', places.orderBy('sequence', page.order).limit(page.limit));
}

function conditions(page: StorePage): (query: Knex.QueryBuilder) => void {
  return (query) => {
    for (const [field, column] of Object.entries(EXACT)) {
      const value = page[field as keyof typeof EXACT];
      if (value !== undefined) void query.where(column, value);
    }
    if (page.from !== undefined) void query.where('occurred_at', '>=', new Date(page.from));
    if (page.to !== undefined) void query.where('occurred_at', '<', new Date(page.to));
    if (page.after !== undefined) void query.where('sequence', '>', page.after);
    if (page.before !== undefined) void query.where('sequence', '<', page.before);
  };
}
