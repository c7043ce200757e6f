import { Binary } from 'bson';
import type { CommandFailure } from '../failpoint/fail-points.js';
import { toTimestamp } from '../store/clock.js';
import type { Document } from '../values/index.js';
import type { CommandServer, Connection } from '../wire/connection.js';
import type { CommandMessage } from '../wire/op-msg.js';
import type { Reply } from '../wire/reply.js';
import {
  asCommandError,
  errorReply,
  injectedError,
  RETRYABLE,
  withWriteConcernError,
  type ErrorSituation,
} from './error-reply.js';
import { Executor, type Request } from './executor.js';
import { assertKnownFields, optionalInt64, optionalNumber } from './fields.js';
import { assertDatabaseName } from './namespace.js';
import type { Node } from './node.js';
import { pause } from './pause.js';
import { assertReadConcern } from './read-concern.js';
import { commandNamed } from './registry.js';
import { asSessionId } from './sessions.js';
import { ENDS_TRANSACTION } from './transaction-control.js';
import { assertWriteConcern, writeConcernFailure } from './write-concern.js';

const NO_SIGNATURE = { hash: new Binary(Buffer.alloc(20)), keyId: 0n };
const HELLO = new Set(['hello', 'isMaster', 'ismaster']);

/** Takes commands from connections, runs them and makes their replies. */
export class Dispatcher implements CommandServer {
  private readonly executor: Executor;

  constructor(
    private readonly node: Node,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.executor = new Executor(node);
  }

  async answer(connection: Connection, message: CommandMessage): Promise<Reply | undefined> {
    const { command } = message;
    const [name = ''] = Object.keys(command);
    const db = command.$db ?? 'admin';
    const failure = this.node.failPoints.forCommand(
      { name, ns: namespaceOf(name, command) },
      connection.appName,
    );
    try {
      if (failure) await this.inject(connection, failure);
      if (!connection.isOpen) return undefined;
      assertDatabaseName(db);
      const reply = await this.executor.run(this.request(connection, { name, db, command }));
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
    if (!HELLO.has(name) || command.topologyVersion === undefined || wait === undefined) return undefined;
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
    return {
      node: this.node,
      connection,
      name,
      db,
      command,
      now: new Date(),
      session: lsid === undefined ? undefined : this.node.store.sessions.use(asSessionId(lsid)),
      txnNumber: optionalInt64(command, 'txnNumber'),
      definition,
    };
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
        this.situation(name, command, undefined).repeatable && RETRYABLE.has(Number(injected.code));
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
    const numbered = command.txnNumber !== undefined && command.autocommit !== false;
    return {
      endsTransaction,
      inTransaction: command.autocommit === false && !endsTransaction,
      repeatable: endsTransaction || (numbered && isRetryable(name)),
      changeStream: failure?.point !== 'failCommand' && this.isChangeStream(name, command),
    };
  }

  private isChangeStream(name: string, command: Document): boolean {
    if (name === 'getMore') {
      const id = command.getMore;
      return typeof id === 'bigint' && this.node.cursors.use(id)?.source.kind === 'tail';
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
  const target = name === 'getMore' ? command.collection : command[name];
  return `${String(command.$db)}.${String(target)}`;
}
