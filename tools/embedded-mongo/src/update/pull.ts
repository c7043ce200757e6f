import { commandError } from '../errors.js';
import { compileElementTest } from '../query/index.js';
import {
  show,
  toSafeInteger,
  typeName,
  valuesEqual,
  type Collation,
  type EvalContext,
} from '../values/index.js';
import type { ArrayChange } from './push.js';

/** Removes the elements that match a condition: operators, fields of documents, or a value. */
export function compilePull(argument: unknown, ctx: EvalContext): ArrayChange {
  const matches = compileElementTest(argument, ctx);
  return (items) => items.filter((item) => !matches(item));
}

export function compilePullAll(argument: unknown, collation?: Collation): ArrayChange {
  if (!Array.isArray(argument)) {
    throw commandError(2, `$pullAll requires an array argument but was given a ${typeName(argument)}`);
  }
  return (items) => items.filter((item) => !argument.some((value) => valuesEqual(item, value, collation)));
}

/** `1` removes the last element, `-1` the first. */
export function compilePop(argument: unknown): ArrayChange {
  const end = toSafeInteger(argument);
  if (end !== 1 && end !== -1) throw commandError(9, `$pop expects 1 or -1, found: ${show(argument)}`);
  return (items) => (end === 1 ? items.slice(0, -1) : items.slice(1));
}
