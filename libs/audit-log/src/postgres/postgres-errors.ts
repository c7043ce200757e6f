import { AuditStoreUnavailableError } from '../errors.js';

/**
 * The one place where errors of `pg` and knex become the log's. An error with an SQLSTATE outside the list below is
 * a mistake in a statement; one without came from the connection or the pool.
 */
export async function withPostgresErrors<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const { code, message, name } = error as { code?: unknown; message?: unknown; name?: unknown };
    const state = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
    const passes = state
      ? PASSES.test(state)
      : FROM_CONNECTION.test(`${String(code)} ${String(name)} ${String(message)}`);
    if (!passes) throw error;
    throw new AuditStoreUnavailableError('postgres', shorten(String(message)) || String(code), {
      cause: error,
    });
  }
}

/** knex puts the statement before what happened to it. */
function shorten(message: string): string {
  return message.slice(message.lastIndexOf(' - ') + 1).replace(/^- /, '');
}

/**
 * Connection (08), too few resources (53), operator intervention and time-outs (57), serialisation (40), idle in a
 * transaction (25P03), lock not available (55P03), credentials (28), no such database (3D), I/O (58), read-only (25006).
 */
const PASSES = /^(08|53|57|40|28|3D|58|25P03|55P03|25006)/;

const FROM_CONNECTION =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)|KnexTimeout|AggregateError|Connection terminated|Connection ended|timeout|not queryable|Unable to acquire a connection|aborted/i;
