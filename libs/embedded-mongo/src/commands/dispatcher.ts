import { Binary } from 'bson';
import { commandError } from '../errors.js';
import type { CommandFailure } from '../failpoint/fail-points.js';
import type { SessionRecord, Session } from '../session/session-table.js';
import { toTimestamp } from '../store/clock.js';
import { LockedByTransaction } from '../store/locks.js';
import type { DirectWorkspace } from '../store/direct-workspace.js';
import type { Document } from '../values/index.js';
import type { CommandServer, Connection } from '../wire/connection.js';
import type { CommandMessage } from '../wire/op-msg.js';
import type { Reply } from '../wire/reply.js';
import type { CommandContext, CommandDefinition } from './context.js';
import {
  asCommandError,
  errorReply,
  injectedError,
  RETRYABLE,
  withWriteConcernError,
  type ErrorSituation,
} from './error-reply.js';
import { assertKnownFields, optionalNumber } from './fields.js';
import { assertDatabaseName } from './namespace.js';
import type { Node } from './node.js';
import { pause } from './pause.js';
import { assertReadConcern } from './read-concern.js';
import { commandNamed } from './registry.js';
import { asSessionId } from './sessions.js';
import { advanceSession, ENDS_TRANSACTION, transactionFor } from './transaction-control.js';
import { assertWriteConcern, writeConcernFailure } from './write-concern.js';

/** A command before it is known what it works on. */
type Request = Omit<CommandContext, 'transaction' | 'workspace'> & { definition: CommandDefinition };

const NO_SIGNATURE = { hash: new Binary(Buffer.alloc(20)), keyId: 0n };
const HELLO = new Set(['hello', 'isMaster', 'ismaster']);

/** Takes commands from connections, runs them and makes their replies. */
export class Dispatcher implements CommandServer {
  constructor(
    private readonly node: Node,
    private readonly onFault: (error: unknown) => void,
  ) {}

  async answer(connection: Connection, message: CommandMessage): Promise<Reply | undefined> {
    const { command } = message;
    const [name = ''] = Object.keys(command);
    const db = command['$db'] ?? 'admin';
    const failure = this.node.failPoints.forCommand(
      { name, ns: namespaceOf(name, command) },
      connection.appName,
    );
    try {
      if (failure) await this.inject(connection, failure);
      if (!connection.isOpen) return undefined;
      assertDatabaseName(db);
      const reply = await this.run(this.request(connection, { name, db, command }));
      return reply && this.timed(this.withConcern(reply, { name, command }, failure));
    } catch (thrown) {
      const error = asCommandError(thrown);
      if (error.code === 1) this.onFault(thrown);
      return this.timed(errorReply(error, this.situation(name, command, failure)));
    }
  }

  answerAgain(
    connection: Connection,
    message: CommandMessage,
  ): (() => Promise<Reply | undefined>) | undefined {
    const { command } = message;
    const [name = ''] = Object.keys(command);
    const wait = optionalNumber(command, 'maxAwaitTimeMS');
    if (!HELLO.has(name) || command['topologyVersion'] === undefined || wait === undefined) return undefined;
    return async () => {
      await this.node.topology.awaitChange(wait, connection);
      return connection.isOpen ? this.answer(connection, message) : undefined;
    };
  }

  private request(
    connection: Connection,
    { name, db, command }: { name: string; db: string; command: Document },
  ): Request {
    const definition = commandNamed(name);
    assertKnownFields(name, command, definition.fields);
    assertReadConcern(name, command, definition);
    assertWriteConcern(command);
    const { lsid } = command;
    const txnNumber = command['txnNumber'];
    return {
      node: this.node,
      connection,
      name,
      db,
      command,
      now: new Date(),
      session: lsid === undefined ? undefined : this.node.store.sessions.use(asSessionId(lsid)),
      txnNumber: txnNumber === undefined ? undefined : BigInt(optionalNumber(command, 'txnNumber') ?? 0),
      definition,
    };
  }

  private async run(request: Request): Promise<Reply | undefined> {
    const { name, definition, session, txnNumber, command } = request;
    if (session && txnNumber !== undefined && !ENDS_TRANSACTION.has(name)) {
      if (command['autocommit'] === false) return this.runInTransaction(request, session, txnNumber);
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
      if (reply.fields['writeErrors'] !== undefined) transaction.end('aborted');
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

  private assertPrimary({ retryable }: CommandDefinition): void {
    if (retryable && !this.node.topology.isPrimary) throw commandError(10107, 'not primary');
  }

  private async inject(connection: Connection, failure: CommandFailure): Promise<void> {
    if (failure.blockMs > 0) await pause(connection, failure.blockMs);
    if (failure.closeConnection) connection.close();
    else if (failure.errorCode !== undefined && !failure.writeConcernError) {
      throw injectedError({ ...failure, errorCode: failure.errorCode });
    }
  }

  private withConcern(
    reply: Reply,
    { name, command }: { name: string; command: Document },
    failure: CommandFailure | undefined,
  ): Reply {
    const injected = failure?.writeConcernError;
    if (injected) {
      const repeatable =
        this.situation(name, command, undefined).repeatable && RETRYABLE.has(Number(injected['code']));
      return withWriteConcernError(
        reply,
        injected,
        failure.errorLabels ?? (repeatable ? ['RetryableWriteError'] : []),
      );
    }
    const unmet = writeConcernFailure(command);
    return unmet ? withWriteConcernError(reply, unmet, []) : reply;
  }

  private situation(name: string, command: Document, failure: CommandFailure | undefined): ErrorSituation {
    const endsTransaction = ENDS_TRANSACTION.has(name);
    const numbered = command['txnNumber'] !== undefined && command['autocommit'] !== false;
    return {
      endsTransaction,
      inTransaction: command['autocommit'] === false && !endsTransaction,
      repeatable: endsTransaction || (numbered && isRetryable(name)),
      changeStream: failure?.point !== 'failCommand' && this.isChangeStream(name, command),
    };
  }

  private isChangeStream(name: string, command: Document): boolean {
    if (name === 'getMore') {
      return this.node.cursors.use(BigInt(optionalNumber(command, 'getMore') ?? 0))?.source.kind === 'tail';
    }
    const { pipeline } = command;
    const [first] = Array.isArray(pipeline) ? (pipeline as unknown[]) : [];
    return name === 'aggregate' && typeof first === 'object' && first !== null && '$changeStream' in first;
  }

  /** Every reply tells the time, for causal consistency. */
  private timed(reply: Reply): Reply {
    const clusterTime = toTimestamp(this.node.store.clock.last);
    return {
      ...reply,
      fields: {
        ok: 1,
        ...reply.fields,
        $clusterTime: { clusterTime, signature: NO_SIGNATURE },
        operationTime: clusterTime,
      },
    };
  }
}

function isRetryable(name: string): boolean {
  try {
    return commandNamed(name).retryable === true;
  } catch {
    return false;
  }
}

function namespaceOf(name: string, command: Document): string {
  const target = name === 'getMore' ? command['collection'] : command[name];
  return `${String(command['$db'])}.${String(target)}`;
}
