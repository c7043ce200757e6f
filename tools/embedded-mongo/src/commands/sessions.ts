import { UUID } from 'bson';
import { commandError } from '../errors.js';
import type { SessionId } from '../store/oplog.js';
import { SESSION_TIMEOUT_MINUTES } from '../session/session-table.js';
import type { Document } from '../values/index.js';
import { reply, type CommandContext, type CommandDefinition } from './context.js';

export const startSession: CommandDefinition = {
  fields: [],
  run: () => reply({ id: { id: new UUID() }, timeoutMinutes: SESSION_TIMEOUT_MINUTES }),
};

export const endSessions: CommandDefinition = {
  fields: [],
  run(ctx) {
    for (const lsid of sessionIds(ctx)) ctx.node.store.sessions.end(lsid);
    return reply();
  },
};

export const refreshSessions: CommandDefinition = {
  fields: [],
  run(ctx) {
    for (const lsid of sessionIds(ctx)) ctx.node.store.sessions.use(lsid);
    return reply();
  },
};

/** Ends the open transactions of the sessions named, or of all when none is. */
export const killSessions: CommandDefinition = {
  fields: [],
  run(ctx) {
    const named = sessionIds(ctx);
    const sessions =
      named.length > 0
        ? named.map((lsid) => ctx.node.store.sessions.use(lsid))
        : ctx.node.store.sessions.all();
    for (const session of sessions) {
      if (session.transaction?.state !== 'active') continue;
      session.transaction.end('aborted');
      session.outcome = 'aborted';
    }
    return reply();
  },
};

export const commitTransaction: CommandDefinition = {
  fields: ['recoveryToken'],
  async run(ctx) {
    const { session, txnNumber } = ctx;
    const transaction = session?.transaction;
    if (!session || session.txnNumber !== txnNumber) throw noSuchTransaction(ctx);
    if (transaction?.state === 'active') {
      session.pending = ctx.node.store.commitTransaction(transaction);
      session.outcome = 'committed';
      delete session.transaction;
    }
    if (session.outcome !== 'committed') throw noSuchTransaction(ctx);
    await session.pending;
    return reply();
  },
};

export const abortTransaction: CommandDefinition = {
  fields: ['recoveryToken'],
  run(ctx) {
    const { session, txnNumber } = ctx;
    if (!session || session.txnNumber !== txnNumber) throw noSuchTransaction(ctx);
    if (session.outcome === 'committed')
      throw commandError(256, `Transaction ${txnNumber} has been committed.`);
    if (session.transaction?.state !== 'active') throw noSuchTransaction(ctx);
    session.transaction.end('aborted');
    session.outcome = 'aborted';
    delete session.transaction;
    return reply();
  },
};

function noSuchTransaction({ txnNumber }: CommandContext): Error {
  return commandError(
    251,
    `Given transaction number ${txnNumber ?? 'none'} does not match any in-progress transactions.`,
  );
}

function sessionIds({ command, name }: CommandContext): SessionId[] {
  const list = command[name];
  if (!Array.isArray(list)) throw commandError(14, `BSON field '${name}' must be an array of session ids`);
  return (list as Document[]).map(asSessionId);
}

export function asSessionId(value: unknown): SessionId {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  if (typeof id === 'object' && id !== null && '_bsontype' in id && id._bsontype === 'Binary') {
    return { id: id as SessionId['id'] };
  }
  throw commandError(14, 'lsid.id must be a UUID');
}
