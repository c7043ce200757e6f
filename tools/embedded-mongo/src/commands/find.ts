import { commandError, unsupported } from '../errors.js';
import { compileProjection } from '../query/index.js';
import type { Collection } from '../store/collection.js';
import type { Search } from '../store/find-documents.js';
import { isDocument, type Document } from '../values/index.js';
import { firstBatch } from './cursor-reply.js';
import { collectionName, findCollection, type CommandContext, type CommandDefinition } from './context.js';
import { evaluation } from './evaluation.js';
import { findHinted } from './find-hinted.js';
import { nonNegative } from './fields.js';
import { isOplog, readOplog } from './oplog-view.js';
import { snapshotTime } from './read-concern.js';

/** Asked for, they would change the answer; a value of false or null is the same as their absence. */
const REFUSED = ['tailable', 'awaitData', 'oplogReplay', 'showRecordId', 'returnKey'];

export const find: CommandDefinition = {
  fields: [
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'collation',
    'let',
    'allowDiskUse',
    'allowPartialResults',
    'min',
    'max',
    'noCursorTimeout',
    ...REFUSED,
  ],
  allowedInTransaction: true,
  snapshotReads: true,
  run(ctx) {
    const { command } = ctx;
    const refused = REFUSED.find((field) => command[field] !== undefined && command[field] !== false);
    if (refused) throw unsupported(`find option ${refused}`);
    const limit = nonNegative(command, 'limit') ?? 0;
    const batchSize = nonNegative(command, 'batchSize');
    const at = collectionName(ctx);
    return firstBatch(ctx, {
      ns: `${at.db}.${at.name}`,
      docs: isOplog(at) ? projected(ctx, readOplog(ctx, limit)) : search(ctx, findCollection(ctx), limit),
      batchSize,
      single: command.singleBatch === true,
      fields: snapshotTime(ctx),
    });
  },
};

function projected(ctx: CommandContext, docs: readonly Document[]): Document[] {
  const { projection } = ctx.command;
  if (!isDocument(projection) || Object.keys(projection).length === 0) return [...docs];
  const project = compileProjection(projection, evaluation(ctx, undefined, ctx.command));
  return docs.map((doc) => project(doc));
}

function search(ctx: CommandContext, collection: Collection | undefined, limit: number): Document[] {
  const { filter = {}, sort, projection, hint } = ctx.command;
  if (!isDocument(filter)) throw commandError(14, 'Expected field filter to be of type object');
  if (sort !== undefined && !isDocument(sort))
    throw commandError(14, 'Expected field sort to be of type object');
  const context = evaluation(ctx, collection, ctx.command);
  const project =
    isDocument(projection) && Object.keys(projection).length > 0
      ? compileProjection(projection, context)
      : undefined;
  const request: Search = {
    filter,
    limit,
    skip: nonNegative(ctx.command, 'skip') ?? 0,
    ...(sort && { sort }),
  };
  return findHinted(ctx, collection, { ...request, hint, bounds: ctx.command }, context).map(
    ({ doc, arrayIndex }) => (project ? project(doc, arrayIndex) : doc),
  );
}
