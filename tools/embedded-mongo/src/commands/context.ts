import type { Collection, CollectionName } from '../store/collection.js';
import type { Transaction } from '../store/transaction.js';
import type { Workspace } from '../store/workspace.js';
import type { Session } from '../session/session-table.js';
import type { Document } from '../values/index.js';
import type { Connection } from '../wire/connection.js';
import type { Reply } from '../wire/reply.js';
import { assertNamespace } from './namespace.js';
import type { Node } from './node.js';

/** A command on its way through the server. */
export interface CommandContext {
  readonly node: Node;
  readonly connection: Connection;
  readonly name: string;
  readonly db: string;
  readonly command: Document;
  /** One instant for the whole command: `$$NOW`. */
  readonly now: Date;
  readonly session: Session | undefined;
  readonly txnNumber: bigint | undefined;
  readonly transaction: Transaction | undefined;
  readonly workspace: Workspace;
}

export interface CommandDefinition {
  /** Fields it may have besides its own name and those every command may have. */
  readonly fields: readonly string[];
  /** With a `txnNumber` its reply is kept, and given again when the driver repeats it. */
  readonly retryable?: true;
  /** Changes collections or indexes: for the primary only, as what is retryable. */
  readonly defines?: true;
  readonly allowedInTransaction?: true;
  /** Accepts a snapshot read concern outside of transactions. */
  readonly snapshotReads?: true;
  /**
   * Runs without interruption from its first write to its last, so that a command is atomic. It may be run
   * again from the start after having waited for a transaction.
   */
  run(ctx: CommandContext): Reply | Promise<Reply>;
}

export type CommandTable = Readonly<Record<string, CommandDefinition>>;

export function reply(fields: Document = {}): Reply {
  return { fields };
}

export function collectionName(ctx: CommandContext): CollectionName {
  const name = ctx.command[ctx.name];
  assertNamespace(ctx.db, name);
  return { db: ctx.db, name };
}

export function findCollection(ctx: CommandContext): Collection | undefined {
  return ctx.workspace.collection(collectionName(ctx));
}
