import { commandError, unsupported } from '../errors.js';
import { UUID } from 'bson';
import { Collection, type CollectionName } from '../store/collection.js';
import { duplicateId } from '../store/duplicate-key.js';
import { findDocuments, type Found } from '../store/find-documents.js';
import { compileUpdate, type Update } from '../update/index.js';
import { getPath, isDocument, type Document, type EvalContext } from '../values/index.js';
import { assertOnlyFields } from './fields.js';
import type { CommandContext } from './context.js';
import { deleteDocument, insertDocument, updateDocument } from './documents.js';
import { assertDatabaseName, assertNamespace } from './namespace.js';

/** The last stage of a pipeline that writes its result. */
type Sink =
  | { stage: '$out'; into: CollectionName | string }
  | {
      stage: '$merge';
      into: CollectionName | string;
      on: readonly string[];
      whenMatched: WhenMatched;
      whenNotMatched: (typeof WHEN_NOT_MATCHED)[number];
      variables: Document | undefined;
    };

const WHEN_MATCHED = ['merge', 'replace', 'keepExisting', 'fail'] as const;
const WHEN_NOT_MATCHED = ['insert', 'discard', 'fail'] as const;
type WhenMatched = (typeof WHEN_MATCHED)[number] | readonly Document[];

export function parseSink(pipeline: readonly Document[]): { sink?: Sink; stages: readonly Document[] } {
  const stages = pipeline.slice(0, -1);
  const misplaced = stages.find((stage) => '$out' in stage || '$merge' in stage);
  if (misplaced)
    throw commandError(40601, `${Object.keys(misplaced)[0]} can only be the final stage in the pipeline`);
  const last = pipeline.at(-1) ?? {};
  if ('$out' in last) return { stages, sink: { stage: '$out', into: target(last.$out) } };
  if ('$merge' in last) return { stages, sink: parseMerge(last.$merge) };
  return { stages: pipeline };
}

function parseMerge(spec: unknown): Sink {
  const fields = isDocument(spec) ? spec : { into: spec };
  assertOnlyFields('$merge', fields, ['into', 'on', 'let', 'whenMatched', 'whenNotMatched']);
  const { into, on = ['_id'], let: variables, whenMatched = 'merge', whenNotMatched = 'insert' } = fields;
  const known = Array.isArray(whenMatched) || WHEN_MATCHED.some((name) => name === whenMatched);
  const knownNot = WHEN_NOT_MATCHED.find((name) => name === whenNotMatched);
  if (!known || !knownNot) throw commandError(2, '$merge: unknown whenMatched or whenNotMatched mode');
  return {
    stage: '$merge',
    into: target(into),
    on: (Array.isArray(on) ? on : [on]).map(String),
    whenMatched: whenMatched as WhenMatched,
    whenNotMatched: knownNot,
    variables: isDocument(variables) ? variables : undefined,
  };
}

function target(into: unknown): CollectionName | string {
  if (typeof into === 'string') return into;
  if (!isDocument(into)) throw commandError(14, 'the target must be a collection name or {db, coll}');
  if ('timeseries' in into) throw unsupported('time series collections');
  assertOnlyFields('into', into, ['db', 'coll']);
  const { db, coll } = into;
  assertDatabaseName(db);
  assertNamespace(db, coll);
  return { db, name: coll };
}

export function writeSink(
  ctx: CommandContext,
  sink: Sink,
  docs: readonly Document[],
  context: EvalContext,
): void {
  const at = typeof sink.into === 'string' ? { db: ctx.db, name: sink.into } : sink.into;
  assertNamespace(at.db, at.name);
  if (!ctx.workspace.collection(at)) ctx.workspace.create(new Collection(at, new UUID()));
  const collection = ctx.workspace.collection(at);
  if (!collection) throw commandError(26, `${at.db}.${at.name} does not exist`);
  if (sink.stage === '$out') replaceAll(ctx, collection, docs);
  else for (const doc of docs) mergeOne(ctx, { sink, collection, doc, context });
}

function replaceAll(ctx: CommandContext, collection: Collection, docs: readonly Document[]): void {
  for (const [key, doc] of [...ctx.workspace.scan(collection)]) {
    deleteDocument(ctx, collection, { key, doc, arrayIndex: undefined });
  }
  for (const doc of docs) insertDocument(ctx, collection, doc);
}

interface Merging {
  sink: Extract<Sink, { stage: '$merge' }>;
  collection: Collection;
  doc: Document;
  context: EvalContext;
}

function mergeOne(ctx: CommandContext, merging: Merging): void {
  const { sink, collection, doc, context } = merging;
  const filter = Object.fromEntries(sink.on.map((path) => [path, { $eq: getPath(doc, path) ?? null }]));
  const [found] = findDocuments(ctx.workspace, collection, { filter, limit: 1 }, context);
  if (found) {
    mergeInto(ctx, merging, found);
  } else if (sink.whenNotMatched === 'insert') {
    insertDocument(ctx, collection, doc);
  } else if (sink.whenNotMatched === 'fail') {
    throw commandError(
      13113,
      '$merge could not find a matching document in the target collection for at least one document in the source collection',
    );
  }
}

function mergeInto(ctx: CommandContext, { sink, collection, doc, context }: Merging, found: Found): void {
  const mode = sink.whenMatched;
  if (mode === 'keepExisting') return;
  if (mode === 'fail') throw duplicateId(collection, found.doc._id);
  const update: Update =
    typeof mode !== 'string' ? mode : mode === 'replace' ? withId(doc, found) : [{ $set: literals(doc) }];
  const variables = { ...context.variables, new: doc };
  const result = compileUpdate(update, { ...context, variables })(found.doc);
  updateDocument(ctx, collection, { found, result, update });
}

function withId(doc: Document, found: Found): Document {
  return { ...doc, _id: found.doc._id };
}

/** Values as they are, `$` or not; the target keeps its `_id`. */
function literals({ _id, ...fields }: Document): Document {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, { $literal: value }]));
}
