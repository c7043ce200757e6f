import { evaluateExpression, runPipeline } from '../aggregate/index.js';
import { ChangeStream } from '../changestream/change-stream.js';
import { parseStreamRequest } from '../changestream/request.js';
import { clusterScope, collectionScope, databaseScope } from '../changestream/scope.js';
import { commandError, unsupported } from '../errors.js';
import type { Collection } from '../store/collection.js';
import { isDocument, type Document, type EvalContext } from '../values/index.js';
import type { Reply } from '../wire/reply.js';
import { collectionName, findCollection, type CommandContext, type CommandDefinition } from './context.js';
import { cursorBatchSize, firstBatch } from './cursor-reply.js';
import { FIRST_BATCH_SIZE } from './cursor-table.js';
import { evaluation } from './evaluation.js';
import { findHinted } from './find-hinted.js';
import { parseSink, writeSink } from './pipeline-sink.js';
import { snapshotTime } from './read-concern.js';

/** Stages that only exist where MongoDB keeps what they show. */
const REFUSED = new Set([
  '$geoNear',
  '$search',
  '$searchMeta',
  '$vectorSearch',
  '$rankFusion',
  '$listSearchIndexes',
  '$planCacheStats',
  '$currentOp',
  '$listSessions',
  '$querySettings',
  '$queryStats',
]);

export const aggregate: CommandDefinition = {
  fields: ['pipeline', 'cursor', 'allowDiskUse', 'bypassDocumentValidation', 'collation', 'hint', 'let'],
  allowedInTransaction: true,
  snapshotReads: true,
  run(ctx) {
    const pipeline = pipelineOf(ctx.command);
    const batchSize = cursorBatchSize(ctx.command);
    if (!isDocument(ctx.command.cursor)) {
      throw commandError(
        9,
        "The 'cursor' option is required, except for aggregate with the explain argument",
      );
    }
    const [first] = pipeline;
    if (first && '$changeStream' in first) return openChangeStream(ctx, pipeline, batchSize);
    const { sink, stages } = parseSink(pipeline);
    if (sink) assertSinkConcern(sink.stage, ctx.command);
    if (sink && ctx.transaction) throw commandError(263, `${sink.stage} cannot be used in a transaction`);
    const { ns, docs, context } = run(ctx, stages);
    if (sink) writeSink(ctx, sink, docs, context);
    return firstBatch(ctx, { ns, docs: sink ? [] : docs, batchSize, fields: snapshotTime(ctx) });
  },
};

function assertSinkConcern(stage: string, { readConcern: concern }: Document): void {
  if (isDocument(concern) && concern.level === 'linearizable') {
    throw commandError(72, `${stage} cannot be used with a 'linearizable' read concern level`);
  }
}

function pipelineOf({ pipeline }: Document): Document[] {
  if (!Array.isArray(pipeline)) throw commandError(14, "'pipeline' option must be specified as an array");
  for (const stage of pipeline as unknown[]) {
    if (!isDocument(stage) || Object.keys(stage).length !== 1) {
      throw commandError(40323, 'A pipeline stage specification object must contain exactly one field.');
    }
    const [name = ''] = Object.keys(stage);
    if (REFUSED.has(name)) {
      throw unsupported(/search/i.test(name) ? `${name} (needs MongoDB Atlas)` : `pipeline stage ${name}`);
    }
  }
  return pipeline as Document[];
}

interface Result {
  ns: string;
  docs: Document[];
  context: EvalContext;
}

function run(ctx: CommandContext, stages: readonly Document[]): Result {
  if (typeof ctx.command.aggregate !== 'string') return runWithoutCollection(ctx, stages);
  const collection = findCollection(ctx);
  const context = evaluation(ctx, collection, ctx.command);
  const ns = `${ctx.db}.${collectionName(ctx).name}`;
  const [first] = stages;
  if (first && '$collStats' in first) {
    return { ns, docs: runPipeline([collectionStats(ns, collection)], stages.slice(1), context), context };
  }
  const { input, rest } = readInput(ctx, collection, stages, context);
  return { ns, docs: runPipeline(input, rest, context), context };
}

/** `{aggregate: 1}`: the first stage makes the documents itself. */
function runWithoutCollection(ctx: CommandContext, [first = {}, ...rest]: readonly Document[]): Result {
  const context = evaluation(ctx, undefined, ctx.command);
  const docs = sourceDocuments(ctx, first, context);
  if (!Array.isArray(docs)) throw commandError(5858203, 'the $documents stage takes an array of objects');
  return { ns: `${ctx.db}.$cmd.aggregate`, docs: runPipeline(docs as Document[], rest, context), context };
}

function sourceDocuments(ctx: CommandContext, stage: Document, context: EvalContext): unknown {
  if ('$documents' in stage) return evaluateExpression({}, stage.$documents, context);
  if ('$listLocalSessions' in stage) {
    return [...ctx.node.store.sessions.all()].map(({ lsid, usedAt }) => ({
      _id: lsid,
      lastUse: new Date(usedAt),
    }));
  }
  throw commandError(73, '{aggregate: 1} is not valid for this pipeline; a collection is required.');
}

/** A leading `$match`, with a `$sort` and a `$limit` behind it, can use an index. */
function readInput(
  ctx: CommandContext,
  collection: Collection | undefined,
  stages: readonly Document[],
  context: EvalContext,
): { input: Document[]; rest: readonly Document[] } {
  let rest = stages;
  const take = (name: string): unknown => {
    const value = rest[0]?.[name];
    if (value !== undefined) rest = rest.slice(1);
    return value;
  };
  const filter = take('$match') ?? {};
  if (!isDocument(filter)) throw commandError(15959, 'the match filter must be an expression in an object');
  const sort = isPlainSort(rest[0]?.$sort) ? take('$sort') : undefined;
  const limit = typeof rest[0]?.$limit === 'number' && rest[0].$limit > 0 ? take('$limit') : 0;
  const search = {
    filter,
    limit: Number(limit),
    hint: ctx.command.hint,
    ...(isDocument(sort) && { sort }),
  };
  return { input: findHinted(ctx, collection, search, context).map(({ doc }) => doc), rest };
}

function isPlainSort(sort: unknown): boolean {
  return isDocument(sort) && Object.values(sort).every((way) => way === 1 || way === -1);
}

function collectionStats(ns: string, collection: Collection | undefined): Document {
  const count = collection?.docs.size ?? 0;
  return {
    ns,
    localTime: new Date(),
    count,
    storageStats: { count, nindexes: collection?.indexes.size ?? 0 },
  };
}

function openChangeStream(
  ctx: CommandContext,
  pipeline: readonly Document[],
  batchSize = FIRST_BATCH_SIZE,
): Reply {
  if (ctx.transaction) throw commandError(263, '$changeStream cannot be used in a transaction');
  const [first, ...following] = pipeline;
  const request = parseStreamRequest(first?.$changeStream, following);
  if (request.allChangesForCluster && ctx.db !== 'admin') {
    throw commandError(
      72,
      "A $changeStream with 'allChangesForCluster:true' may only be opened on the 'admin' database",
    );
  }
  const whole = typeof ctx.command.aggregate !== 'string';
  const scope = request.allChangesForCluster
    ? clusterScope()
    : whole
      ? databaseScope(ctx.db)
      : collectionScope(collectionName(ctx));
  const stream = new ChangeStream(ctx.node.store, scope, request, evaluation(ctx, undefined, ctx.command));
  const { documents, exhausted, postBatchResumeToken } = stream.next(batchSize);
  const ns = whole ? `${ctx.db}.$cmd.aggregate` : `${ctx.db}.${collectionName(ctx).name}`;
  const id = exhausted ? 0n : ctx.node.cursors.open(ns, stream).id;
  return { fields: {}, cursor: { name: 'firstBatch', documents, fields: { postBatchResumeToken, id, ns } } };
}
