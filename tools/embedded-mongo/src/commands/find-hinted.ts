import { commandError } from '../errors.js';
import { compileFilter } from '../query/index.js';
import type { Collection } from '../store/collection.js';
import { findDocuments, type Found, type Search } from '../store/find-documents.js';
import type { OrderedIndex } from '../store/ordered-index.js';
import { isDocument, valuesEqual, type Document, type EvalContext } from '../values/index.js';
import type { CommandContext } from './context.js';
import { keyBounds } from './key-bounds.js';

/** A search with the hint, and `min` and `max`, as the client wrote them. A collection that is not there holds nothing. */
export function findHinted(
  { workspace }: CommandContext,
  collection: Collection | undefined,
  { hint, bounds = {}, ...search }: Omit<Search, 'hint' | 'within'> & { hint?: unknown; bounds?: Document },
  context: EvalContext,
): Found[] {
  if (!collection) {
    compileFilter(search.filter, context);
    return [];
  }
  const named = resolveHint(collection, hint);
  const within = keyBounds(bounds, named);
  const asked = { ...search, ...(named && { hint: named }), ...(within && { within }) };
  return findDocuments(workspace, collection, asked, context);
}

/** An index named by its name or its key pattern; `$natural` stands for none. */
function resolveHint(collection: Collection, hint: unknown): OrderedIndex | 'natural' | undefined {
  if (hint === undefined || hint === null) return undefined;
  if (isDocument(hint) && Object.keys(hint).length === 0) return undefined;
  if (isDocument(hint) && '$natural' in hint) return 'natural';
  for (const index of collection.indexes.values()) {
    if (index.spec.name === hint || (isDocument(hint) && valuesEqual(index.spec.key, hint))) return index;
  }
  throw commandError(
    2,
    'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
  );
}
