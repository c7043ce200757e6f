import { commandError } from '../errors.js';
import type { Session, SessionRecord } from '../session/session-table.js';
import type { DirectWorkspace } from '../store/direct-workspace.js';
import { LockedByTransaction } from '../store/locks.js';
import type { Reply } from '../wire/reply.js';
import type { CommandContext, CommandDefinition } from './context.js';
import { optionalNumber } from './fields.js';
import type { Node } from './node.js';
import { pause } from './pause.js';
import { advanceSession, ENDS_TRANSACTION, transactionFor } from './transaction-control.js';

/** A command before it is known what it works on. */
export type Request = Omit<CommandContext, 'transaction' | 'workspace'> & { definition: CommandDefinition };

/** Runs a command in its transaction, as a write that may be repeated, or plainly; and commits it. */
export class Executor {
  constructor(private readonly node: Node) {}

  /** Undefined when a fail point closed the connection instead of an answer. */
  async run(request: Request): Promise<Reply | undefined> {
    const { name, definition, session, txnNumber, command } = request;
    if (session && txnNumber !== undefined && !ENDS_TRANSACTION.has(name)) {
      if (command.autocommit === false) return this.runInTransaction(request, session, txnNumber);
      if (definition.retryable) return this.runOnce(request, session, txnNumber);
    }
    this.assertPrimary(definition);
    return this.runPlain(request);
  }

  private async runInTransaction(request: Request, session: Session, txnNumber: bigint): Promise<Reply> {
    const { definition, name } = request;
    if (!definition.allowedInTransaction) {
      throw commandError(263, `Cannot run '${name}' in a multi-document transaction.`);
    }
    this.assertPrimary(definition);
    const transaction = transactionFor(this.node.store, session, request.command, txnNumber);
    try {
      const reply = await definition.run({ ...request, transaction, workspace: transaction });
      if (reply.fields.writeErrors !== undefined) transaction.end('aborted');
      return reply;
    } catch (error) {
      transaction.end('aborted');
      throw error;
    }
  }

  /** A write that the driver may repeat: done at most once per number. */
  private async runOnce(request: Request, session: Session, txnNumber: bigint): Promise<Reply | undefined> {
    advanceSession(session, txnNumber);
    if (session.reply) {
      await session.pending;
      return { fields: { ...session.reply, retriedStmtIds: [0] } };
    }
    this.assertPrimary(request.definition);
    const failure = this.node.failPoints.forTransactionalWrite();
    if (failure?.beforeCommitCode !== undefined) {
      if (!failure.closeConnection) {
        throw commandError(failure.beforeCommitCode, 'Failing command via onPrimaryTransactionalWrite');
      }
      request.connection.close();
      return undefined;
    }
    const reply = await this.runPlain(request, session);
    if (failure?.closeConnection) request.connection.close();
    return reply;
  }

  private async runPlain(request: Request, repeatable?: Session): Promise<Reply> {
    for (;;) {
      const workspace = this.node.store.begin();
      try {
        const outcome = request.definition.run({ ...request, transaction: undefined, workspace });
        const reply = outcome instanceof Promise ? await outcome : outcome;
        await this.commit(workspace, reply, repeatable);
        return reply;
      } catch (error) {
        if (!(error instanceof LockedByTransaction)) {
          workspace.undo();
          throw error;
        }
        // Nothing of this command remains while it waits, so that it holds up nobody in turn.
        workspace.undo();
        await this.awaitTransaction(request, error.holder.ended);
      }
    }
  }

  private commit(
    workspace: DirectWorkspace,
    { fields }: Reply,
    session?: Session,
  ): Promise<void> | undefined {
    if (!session) return this.node.store.commit(workspace);
    session.reply = fields;
    workspace.onUndo(() => delete session.reply);
    const record: SessionRecord = { lsid: session.lsid, txnNumber: session.txnNumber, reply: fields };
    session.pending = this.node.store.commit(workspace, { session: record });
    return session.pending;
  }

  private async awaitTransaction({ connection, command }: Request, ended: Promise<void>): Promise<void> {
    const limit = optionalNumber(command, 'maxTimeMS') || undefined;
    const outcome = await pause(connection, limit, ended);
    if (outcome === 'elapsed')
      throw commandError(50, 'operation exceeded time limit while waiting for a transaction');
    if (outcome === 'closed') throw commandError(11601, 'operation was interrupted: the client went away');
  }

  private assertPrimary({ retryable, defines }: CommandDefinition): void {
    if ((retryable ?? defines) && !this.node.topology.isPrimary) throw commandError(10107, 'not primary');
  }
}
