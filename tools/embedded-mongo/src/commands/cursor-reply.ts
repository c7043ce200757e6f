import { commandError } from '../errors.js';
import { isDocument, type Document } from '../values/index.js';
import type { Reply } from '../wire/reply.js';
import type { CommandContext } from './context.js';
import { FIRST_BATCH_SIZE, ResultSource } from './cursor-table.js';
import { assertOnlyFields, nonNegative } from './fields.js';

interface CursorRequest {
  ns: string;
  docs: readonly Document[];
  batchSize: number | undefined;
  /** Close the cursor after the first batch. */
  single?: boolean;
  /** Further fields beside the batch, such as `atClusterTime`. */
  fields?: Document;
}

/** The first batch of a result; a cursor stays open for the rest. */
export function firstBatch(ctx: CommandContext, request: CursorRequest): Reply {
  const { ns, docs, batchSize = FIRST_BATCH_SIZE, single = false, fields = {} } = request;
  const source = new ResultSource(docs);
  const { documents, exhausted } = source.next(batchSize);
  const id = single || exhausted ? 0n : ctx.node.cursors.open(ns, source).id;
  return { fields: {}, cursor: { name: 'firstBatch', documents, fields: { id, ns, ...fields } } };
}

/** The batch size of commands that have a `cursor` document. */
export function cursorBatchSize(command: Document): number | undefined {
  const { cursor } = command;
  if (cursor === undefined) return undefined;
  if (!isDocument(cursor)) throw commandError(14, "field 'cursor' must be an object");
  assertOnlyFields('cursor', cursor, ['batchSize']);
  return nonNegative(cursor, 'batchSize');
}
