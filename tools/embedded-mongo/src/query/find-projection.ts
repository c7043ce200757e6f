import { commandError } from '../errors.js';
import { asNumeric, toDouble, type EvalContext } from '../values/index.js';
import { compileElemMatch } from './elem-match.js';
import type { Leaf } from './projection-tree.js';

/** `{$slice: n}` or `{$slice: [skip, limit]}`; undefined if it is the expression of that name. */
export function sliceLeaf(argument: unknown): Leaf | undefined {
  const limit = integerOf(argument);
  if (limit !== undefined) {
    return transformArray((items) => (limit < 0 ? items.slice(limit) : items.slice(0, limit)));
  }
  if (!Array.isArray(argument) || argument.length !== 2) return undefined;
  const [skip, count] = argument.map(integerOf);
  if (skip === undefined || count === undefined) return undefined;
  if (count <= 0) throw commandError(28724, 'First argument to $slice must be positive');
  return transformArray((items) => {
    const start = skip < 0 ? Math.max(0, items.length + skip) : skip;
    return items.slice(start, start + count);
  });
}

/** `{$elemMatch: …}`: the first element that matches, if there is one. */
export function elemMatchLeaf(argument: unknown, ctx: EvalContext): Leaf {
  const find = compileElemMatch(argument, ctx);
  return {
    kind: 'transform',
    apply: (value) => {
      if (!Array.isArray(value)) return undefined;
      const index = find(value);
      return index < 0 ? undefined : [value[index] as unknown];
    },
  };
}

/** `path.$`: the element the filter matched. */
export function positionalLeaf(): Leaf {
  return {
    kind: 'transform',
    apply: (value, matched) => {
      if (!Array.isArray(value)) return value;
      if (matched === undefined || matched >= value.length) {
        throw commandError(
          51246,
          "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
        );
      }
      return [value[matched] as unknown];
    },
  };
}

const transformArray = (transform: (items: unknown[]) => unknown[]): Leaf => ({
  kind: 'transform',
  apply: (value) => (Array.isArray(value) ? transform(value) : value),
});

function integerOf(value: unknown): number | undefined {
  const numeric = asNumeric(value);
  return numeric === undefined ? undefined : Math.trunc(toDouble(numeric));
}
