import { commandError } from '../errors.js';
import { show, type Document } from '../values/index.js';
import type { ArrayFilters } from './array-filters.js';
import { valueAt } from './paths.js';

interface Positions {
  /** For `$`. */
  matchedArrayIndex?: number | undefined;
  /** For `$[identifier]`. */
  arrayFilters: ArrayFilters;
}

/** The concrete paths meant by one with `$`, `$[]` or `$[identifier]` in it. */
export function expandPath(
  doc: Document,
  parts: readonly string[],
  positions: Positions,
): (readonly string[])[] {
  if (!parts.some((part) => part.startsWith('$'))) return [parts];
  return parts.reduce<string[][]>(
    (paths, part) => paths.flatMap((path) => elementsNamed(doc, path, { part, parts, positions })),
    [[]],
  );
}

interface Step {
  part: string;
  parts: readonly string[];
  positions: Positions;
}

function elementsNamed(doc: Document, path: string[], { part, parts, positions }: Step): string[][] {
  if (part === '$') {
    const { matchedArrayIndex } = positions;
    if (matchedArrayIndex === undefined) {
      throw commandError(2, 'The positional operator did not find the match needed from the query.');
    }
    return [[...path, String(matchedArrayIndex)]];
  }
  if (!part.startsWith('$[') || !part.endsWith(']')) return [[...path, part]];
  const identifier = part.slice(2, -1);
  const matches = identifier === '' ? () => true : positions.arrayFilters.get(identifier);
  if (!matches) {
    throw commandError(
      2,
      `No array filter found for identifier '${identifier}' in path '${parts.join('.')}'`,
    );
  }
  return elementsOf(doc, path).flatMap((item, i) => (matches(item) ? [[...path, String(i)]] : []));
}

function elementsOf(doc: Document, path: readonly string[]): unknown[] {
  const value = valueAt(doc, path);
  if (Array.isArray(value)) return value;
  throw value === undefined
    ? commandError(
        2,
        `The path '${path.join('.')}' must exist in the document in order to apply array updates.`,
      )
    : commandError(2, `Cannot apply array updates to non-array element ${path.at(-1)}: ${show(value)}`);
}
