import { commandError } from '../errors.js';
import type { Collection } from '../store/collection.js';
import type { Found } from '../store/find-documents.js';
import {
  compileUpdate,
  isReplacement,
  upsertDocument,
  type CompiledUpdate,
  type Update,
} from '../update/index.js';
import { isDocument, type Document, type EvalContext } from '../values/index.js';
import type { CommandContext } from './context.js';
import { ensureCollection, insertDocument, updateDocument } from './documents.js';
import { evaluation } from './evaluation.js';
import { findHinted } from './find-hinted.js';

/** One update as `update` and `findAndModify` ask for it. */
export interface UpdateStatement {
  filter: Document;
  update: Update;
  multi: boolean;
  upsert: boolean;
  sort?: Document;
  hint?: unknown;
  /** `collation`, `let` and `arrayFilters` as the client sent them. */
  settings: Document;
}

interface UpdateOutcome {
  matched: number;
  modified: number;
  upserted?: Document;
  /** The last document matched, before and after. */
  before?: Document;
  after?: Document;
  arrayIndex?: number | undefined;
}

export function runUpdate(
  ctx: CommandContext,
  collection: Collection | undefined,
  statement: UpdateStatement,
): UpdateOutcome {
  assertUpdate(statement);
  const { filter, update, upsert, settings } = statement;
  const context = updateContext(ctx, collection, settings);
  // Before anything is looked for: a wrong update is refused whatever it would have met.
  const change = compileUpdate(update, context);
  const { sort, multi, hint } = statement;
  const search = { filter, limit: multi ? 0 : 1, hint, ...(sort && { sort }) };
  const found = findHinted(ctx, collection, search, context);
  if (found.length === 0) {
    if (!upsert) return { matched: 0, modified: 0 };
    const doc = insertDocument(
      ctx,
      collection ?? ensureCollection(ctx),
      upsertDocument(filter, update, context),
    );
    return { matched: 0, modified: 0, upserted: doc, after: doc };
  }
  return applyToAll(ctx, collection, { found, update, change });
}

function applyToAll(
  ctx: CommandContext,
  collection: Collection | undefined,
  { found, update, change }: { found: readonly Found[]; update: Update; change: CompiledUpdate },
): UpdateOutcome {
  const outcome: UpdateOutcome = { matched: found.length, modified: 0 };
  if (!collection) return outcome;
  for (const target of found) {
    const result = change(target.doc, target.arrayIndex);
    if (updateDocument(ctx, collection, { found: target, result, update })) outcome.modified += 1;
    outcome.before = target.doc;
    outcome.after = result.changed ? result.doc : target.doc;
    outcome.arrayIndex = target.arrayIndex;
  }
  return outcome;
}

function updateContext(
  ctx: CommandContext,
  collection: Collection | undefined,
  settings: Document,
): EvalContext {
  const context = evaluation(ctx, collection, settings);
  const { arrayFilters } = settings;
  return Array.isArray(arrayFilters) ? { ...context, arrayFilters: arrayFilters as Document[] } : context;
}

function assertUpdate({ filter, update, multi, upsert, settings }: UpdateStatement): void {
  if (upsert && hasExpression(filter)) {
    throw commandError(224, '$expr is not allowed in the query predicate for an upsert');
  }
  if (!Array.isArray(update) && !isDocument(update)) {
    throw commandError(9, 'Update argument must be either an object or an array');
  }
  if (multi && isReplacement(update)) {
    throw commandError(9, 'multi update is not supported for replacement-style update');
  }
  if (settings.arrayFilters !== undefined && (Array.isArray(update) || isReplacement(update))) {
    throw commandError(
      9,
      'arrayFilters may not be specified for pipeline-style or replacement-style updates',
    );
  }
}

/** `$expr`, also within `$and` and its like. */
function hasExpression(filter: Document): boolean {
  return Object.entries(filter).some(
    ([name, value]) =>
      name === '$expr' ||
      (Array.isArray(value) && name.startsWith('$') && value.filter(isDocument).some(hasExpression)),
  );
}
