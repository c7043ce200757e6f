import {
  asDocument,
  compareValues,
  show,
  toSafeInteger,
  typeName,
  valuesEqual,
  type Collation,
  type Document,
} from '../values/index.js';
import { commandError } from '../errors.js';
import { compileSort } from '../query/index.js';

/** What `$push` does to an array, parsed once. */
export type ArrayChange = (items: readonly unknown[]) => unknown[];

const MODIFIERS = new Set(['$each', '$slice', '$sort', '$position']);

export function compilePush(argument: unknown, collation?: Collation): ArrayChange {
  const modifiers = asDocument(argument);
  if (!modifiers || !Object.hasOwn(modifiers, '$each')) return (items) => [...items, argument];
  const unknown = Object.keys(modifiers).find((name) => !MODIFIERS.has(name));
  if (unknown !== undefined) throw commandError(2, `Unrecognized clause in $push: ${unknown}`);
  const added = modifiers.$each;
  if (!Array.isArray(added)) {
    throw commandError(
      2,
      `The argument to $each in $push must be an array but it was of type: ${typeName(added)}`,
    );
  }
  const position = integerModifier(modifiers, '$position') ?? Number.POSITIVE_INFINITY;
  const slice = integerModifier(modifiers, '$slice');
  const sort = Object.hasOwn(modifiers, '$sort') ? compilePushSort(modifiers.$sort, collation) : undefined;
  return (items) => {
    const at = position < 0 ? Math.max(0, items.length + position) : Math.min(position, items.length);
    const result: unknown[] = [...items.slice(0, at), ...(added as unknown[]), ...items.slice(at)];
    if (sort) result.sort(sort);
    if (slice === undefined) return result;
    return slice < 0 ? result.slice(slice) : result.slice(0, slice);
  };
}

function integerModifier(modifiers: Document, name: '$position' | '$slice'): number | undefined {
  if (!Object.hasOwn(modifiers, name)) return undefined;
  const value = toSafeInteger(modifiers[name]);
  if (value !== undefined) return value;
  throw commandError(
    2,
    `The value for ${name} must be an integer value but was given type: ${typeName(modifiers[name])}`,
  );
}

/** `1` and `-1` sort whole elements, `{field: 1}` sorts documents; other elements count as empty documents. */
function compilePushSort(spec: unknown, collation?: Collation): (a: unknown, b: unknown) => number {
  const direction = toSafeInteger(spec);
  if (direction === 1 || direction === -1) return (a, b) => direction * compareValues(a, b, collation);
  const keys = asDocument(spec);
  if (!keys || Object.keys(keys).length === 0) {
    throw commandError(
      2,
      `The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields, found ${show(spec)}`,
    );
  }
  const compare = compileSort(keys, collation);
  return (a, b) => compare(asDocument(a) ?? {}, asDocument(b) ?? {});
}

/** Adds those of the new elements that are not there yet. */
export function compileAddToSet(argument: unknown, collation?: Collation): ArrayChange {
  const added = elementsToAdd(argument);
  return (items) => {
    const result = [...items];
    for (const value of added) {
      if (!result.some((item) => valuesEqual(item, value, collation))) result.push(value);
    }
    return result;
  };
}

function elementsToAdd(argument: unknown): readonly unknown[] {
  const modifiers = asDocument(argument);
  if (!modifiers || !Object.hasOwn(modifiers, '$each')) return [argument];
  const each = modifiers.$each;
  if (!Array.isArray(each)) {
    throw commandError(
      14,
      `The argument to $each in $addToSet must be an array but it was of type ${typeName(each)}`,
    );
  }
  if (Object.keys(modifiers).length > 1) {
    throw commandError(2, `Found unexpected fields after $each in $addToSet: ${show(modifiers)}`);
  }
  return each;
}
