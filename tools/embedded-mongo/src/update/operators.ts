import { commandError } from '../errors.js';
import {
  compareValues,
  identical,
  show,
  typeName,
  type Document,
  type EvalContext,
} from '../values/index.js';
import { applyArithmetic, applyBits, currentDate } from './arithmetic-operators.js';
import { setAt, unsetAt, valueAt } from './paths.js';
import { compilePull, compilePullAll, compilePop } from './pull.js';
import { compileAddToSet, compilePush, type ArrayChange } from './push.js';

/** The document so far and the paths written; both are replaced as the update proceeds. */
export interface Draft {
  doc: Document;
  touched: Set<string>;
  isInsert: boolean;
}

/** One operator on one concrete path (no `$` left in it). */
export type FieldChange = (draft: Draft, parts: readonly string[]) => void;

type OperatorCompiler = (argument: unknown, path: string, ctx: EvalContext) => FieldChange;

export const UPDATE_OPERATORS: Readonly<Record<string, OperatorCompiler>> = {
  $set: (argument) => setting(() => argument),
  $setOnInsert: (argument) => (draft, parts) => {
    if (draft.isInsert) write(draft, parts, argument);
  },
  $unset: () => (draft, parts) => {
    const doc = unsetAt(draft.doc, parts);
    if (doc === draft.doc) return;
    draft.doc = doc;
    draft.touched.add(parts.join('.'));
  },
  $inc: (argument, path) =>
    setting((current, doc) => applyArithmetic(current, { operator: '$inc', argument, path, doc })),
  $mul: (argument, path) =>
    setting((current, doc) => applyArithmetic(current, { operator: '$mul', argument, path, doc })),
  $bit: (argument, path) =>
    setting((current, doc) => applyBits(current, { operator: '$bit', argument, path, doc })),
  $min: (argument, _path, { collation }) =>
    setting((current) =>
      current === undefined || compareValues(argument, current, collation) < 0 ? argument : current,
    ),
  $max: (argument, _path, { collation }) =>
    setting((current) =>
      current === undefined || compareValues(argument, current, collation) > 0 ? argument : current,
    ),
  $currentDate: (argument, _path, ctx) => {
    const now = currentDate(argument, ctx);
    return setting(() => now);
  },
  $rename: (target, path) => renaming(path, target),
  $push: (argument, _path, { collation }) => growing('$push', compilePush(argument, collation)),
  $addToSet: (argument, _path, { collation }) => growing('$addToSet', compileAddToSet(argument, collation)),
  $pull: (argument, _path, ctx) => shrinking('$pull', compilePull(argument, ctx)),
  $pullAll: (argument, _path, { collation }) => shrinking('$pullAll', compilePullAll(argument, collation)),
  $pop: (argument) => shrinking('$pop', compilePop(argument)),
};

function setting(compute: (current: unknown, doc: Document) => unknown): FieldChange {
  return (draft, parts) => {
    const current = valueAt(draft.doc, parts);
    const value = compute(current, draft.doc);
    if (current === undefined || !identical(current, value)) write(draft, parts, value);
  };
}

function write(draft: Draft, parts: readonly string[], value: unknown): void {
  const { doc, touched } = setAt(draft.doc, parts, value);
  draft.doc = doc;
  draft.touched.add(touched);
}

/** Appending to the end of an array touches only the new elements. */
function growing(operator: string, change: ArrayChange): FieldChange {
  return (draft, parts) => {
    const current = valueAt(draft.doc, parts);
    if (current !== undefined && !Array.isArray(current)) throw notAnArray(operator, parts, current);
    const before: readonly unknown[] = current ?? [];
    const after = change(before);
    if (current !== undefined && identical(current, after)) return;
    const { doc, touched } = setAt(draft.doc, parts, after);
    draft.doc = doc;
    const appended = after.length > before.length && before.every((item, i) => item === after[i]);
    if (current === undefined || before.length === 0 || !appended) draft.touched.add(touched);
    else
      after
        .slice(before.length)
        .forEach((_item, i) => draft.touched.add([...parts, before.length + i].join('.')));
  };
}

function shrinking(operator: string, change: ArrayChange): FieldChange {
  return (draft, parts) => {
    const current = valueAt(draft.doc, parts);
    if (current === undefined) return;
    if (!Array.isArray(current)) throw notAnArray(operator, parts, current);
    const after = change(current);
    if (after.length !== current.length) write(draft, parts, after);
  };
}

function notAnArray(operator: string, parts: readonly string[], value: unknown): Error {
  const name = parts.join('.');
  if (operator === '$push') {
    return commandError(2, `The field '${name}' must be an array but is of type ${typeName(value)}`);
  }
  if (operator === '$addToSet') {
    return commandError(
      2,
      `Cannot apply $addToSet to non-array field. Field named '${name}' has non-array type ${typeName(value)}`,
    );
  }
  if (operator === '$pop') {
    return commandError(14, `Path '${name}' contains an element of non-array type '${typeName(value)}'`);
  }
  return commandError(2, `Cannot apply ${operator} to a non-array value: field '${name}' is ${show(value)}`);
}

function renaming(from: string, to: unknown): FieldChange {
  if (typeof to !== 'string') {
    throw commandError(2, `The 'to' field for $rename must be a string: ${from}: ${show(to)}`);
  }
  const target = to.split('.');
  return (draft, parts) => {
    const value = valueAt(draft.doc, parts);
    if (value === undefined) return;
    rejectArraysOn(draft.doc, parts, 'source');
    rejectArraysOn(draft.doc, target, 'destination');
    draft.doc = unsetAt(draft.doc, parts);
    draft.touched.add(parts.join('.'));
    write(draft, target, value);
  };
}

function rejectArraysOn(doc: Document, parts: readonly string[], which: string): void {
  for (let depth = 1; depth < parts.length; depth++) {
    if (Array.isArray(valueAt(doc, parts.slice(0, depth)))) {
      throw commandError(2, `The ${which} field cannot be an array element, '${parts.join('.')}'`);
    }
  }
}
