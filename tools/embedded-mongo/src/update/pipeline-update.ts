import { compilePipeline } from '../aggregate/index.js';
import { commandError } from '../errors.js';
import { asDocument, identical, valuesEqual, type Document, type EvalContext } from '../values/index.js';
import { immutableId, type UpdateResult } from './update-types.js';

const ALLOWED = new Set(['$set', '$addFields', '$unset', '$project', '$replaceRoot', '$replaceWith']);

/** An update by aggregation stages. */
export function compilePipelineUpdate(
  pipeline: readonly Document[],
  ctx: EvalContext,
): (doc: Document) => UpdateResult {
  for (const stage of pipeline) {
    const [name] = Object.keys(asDocument(stage) ?? {});
    if (name !== undefined && !ALLOWED.has(name)) {
      throw commandError(72, `${name} is not allowed to be used within an update`);
    }
  }
  if (ctx.arrayFilters && ctx.arrayFilters.length > 0) {
    throw commandError(9, 'Cannot specify arrayFilters and a pipeline update');
  }
  const run = compilePipeline(pipeline, ctx);
  return (doc) => {
    const [result] = run([doc]);
    const updated = keepId(doc, result ?? {});
    return identical(doc, updated) ? { doc, changed: false } : { doc: updated, changed: true };
  };
}

/** The `_id` cannot be changed, and comes back first if the stages dropped it. */
function keepId(before: Document, after: Document): Document {
  if (before._id === undefined) return after;
  if (after._id === undefined) return { _id: before._id, ...after };
  if (!valuesEqual(before._id, after._id)) throw immutableId();
  return after;
}
