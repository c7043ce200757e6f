import { commandError } from '../errors.js';
import type { Document, EvalContext } from '../values/index.js';
import { FieldUpdate } from './field-update.js';
import { compilePipelineUpdate } from './pipeline-update.js';
import { applyReplacement } from './replacement.js';
import { isReplacement, type Update, type UpdateResult } from './update-types.js';

export interface UpdateContext extends EvalContext {
  /** Where the filter matched (see `ArrayMatch`), for the positional operator `$`. */
  matchedArrayIndex?: number;
}

/** For many documents: parsed once. Never changes the document it is given. */
export type CompiledUpdate = (doc: Document, matchedArrayIndex?: number) => UpdateResult;

export function compileUpdate(update: Update, ctx: EvalContext): CompiledUpdate {
  return compileFor(update, ctx, false);
}

/** As `compileUpdate`, for the document an upsert is about to insert: `$setOnInsert` applies. */
export function compileInsertUpdate(update: Update, ctx: EvalContext): CompiledUpdate {
  return compileFor(update, ctx, true);
}

function compileFor(update: Update, ctx: EvalContext, isInsert: boolean): CompiledUpdate {
  if (Array.isArray(update)) return compilePipelineUpdate(update as readonly Document[], ctx);
  const document = update as Document;
  if (isReplacement(document)) {
    if (ctx.arrayFilters && ctx.arrayFilters.length > 0) {
      throw commandError(9, 'Cannot specify arrayFilters and a replacement-style update');
    }
    return (doc) => applyReplacement(doc, document);
  }
  const fields = new FieldUpdate(document, ctx);
  return (doc, matchedArrayIndex) => fields.apply(doc, { matchedArrayIndex, isInsert });
}

/** One update on one document. */
export function applyUpdate(doc: Document, update: Update, ctx: UpdateContext): UpdateResult {
  return compileUpdate(update, ctx)(doc, ctx.matchedArrayIndex);
}
