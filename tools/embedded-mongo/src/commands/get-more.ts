import { commandError } from '../errors.js';
import type { Reply } from '../wire/reply.js';
import { reply, type CommandContext, type CommandDefinition } from './context.js';
import type { Batch, OpenCursor } from './cursor-table.js';
import { nonNegative } from './fields.js';

const DEFAULT_AWAIT_MS = 1_000;

export const getMore: CommandDefinition = {
  fields: ['collection', 'batchSize', 'term', 'lastKnownCommittedOpTime'],
  allowedInTransaction: true,
  run(ctx) {
    const id = cursorId(ctx.command.getMore);
    const cursor = ctx.node.cursors.use(id);
    if (!cursor) throw commandError(43, `cursor id ${id} not found`);
    const batchSize = nonNegative(ctx.command, 'batchSize') || Infinity;
    const batch = cursor.source.next(batchSize);
    const waits = cursor.source.kind === 'tail' && batch.documents.length === 0 && !batch.exhausted;
    return waits ? awaitBatch(ctx, cursor, batchSize) : nextBatch(ctx, cursor, batch);
  },
};

export const killCursors: CommandDefinition = {
  fields: ['cursors'],
  allowedInTransaction: true,
  run(ctx) {
    const { cursors } = ctx.command;
    if (!Array.isArray(cursors)) throw commandError(14, "BSON field 'killCursors.cursors' must be an array");
    const killed: bigint[] = [];
    const unknown: bigint[] = [];
    for (const id of cursors.map(cursorId)) (ctx.node.cursors.kill(id) ? killed : unknown).push(id);
    return reply({ cursorsKilled: killed, cursorsNotFound: unknown, cursorsAlive: [], cursorsUnknown: [] });
  },
};

function cursorId(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  throw commandError(14, 'a cursor id must be a 64-bit integer');
}

function nextBatch(ctx: CommandContext, { id, ns }: OpenCursor, batch: Batch): Reply {
  const { documents, exhausted, postBatchResumeToken } = batch;
  if (exhausted) ctx.node.cursors.kill(id);
  return {
    fields: {},
    cursor: {
      name: 'nextBatch',
      documents,
      fields: { ...(postBatchResumeToken && { postBatchResumeToken }), id: exhausted ? 0n : id, ns },
    },
  };
}

/** Waits for the first write that the cursor shows, at most `maxTimeMS`; then the batch may be empty. */
function awaitBatch(ctx: CommandContext, cursor: OpenCursor, batchSize: number): Promise<Reply> {
  const { store } = ctx.node;
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      unsubscribe();
      forget();
      delete cursor.onKill;
      settle();
    };
    const tryNow = (atDeadline: boolean) => {
      try {
        const batch = cursor.source.next(batchSize);
        if (batch.documents.length === 0 && !batch.exhausted && !atDeadline) return;
        finish(() => {
          resolve(nextBatch(ctx, cursor, batch));
        });
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const fail = (error: Error) => {
      finish(() => {
        reject(error);
      });
    };
    const timer = setTimeout(tryNow, nonNegative(ctx.command, 'maxTimeMS') ?? DEFAULT_AWAIT_MS, true);
    const unsubscribe = store.visible.subscribe(() => {
      tryNow(false);
    });
    const forget = ctx.connection.onClose(() => {
      fail(commandError(11601, 'operation was interrupted: the client went away'));
    });
    cursor.onKill = () => {
      fail(commandError(237, `cursor id ${cursor.id} was killed`));
    };
  });
}
