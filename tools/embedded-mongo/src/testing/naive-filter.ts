import { Decimal128, Timestamp } from 'bson';
import { compareValues, type Document } from '../values/index.js';

/**
 * A matcher written for obviousness, to check the real one against: it lists everything a path can mean and
 * asks the operator about each. Compares with `compareValues`, which has a specification test of its own.
 */
export function naiveMatch(filter: Document, doc: Document): boolean {
  return Object.entries(filter).every(([key, condition]) => {
    const branches = condition as Document[];
    if (key === '$and') return branches.every((branch) => naiveMatch(branch, doc));
    if (key === '$or') return branches.some((branch) => naiveMatch(branch, doc));
    if (key === '$nor') return !branches.some((branch) => naiveMatch(branch, doc));
    return Object.entries(condition as Document).every(([operator, argument]) =>
      naiveOperator(key.split('.'), operator, argument, doc),
    );
  });
}

type Leaf = { value: unknown; whole?: boolean };

function naiveOperator(path: string[], operator: string, argument: unknown, doc: Document): boolean {
  const leaves = leavesOf(doc, path);
  switch (operator) {
    case '$ne':
      return !naiveOperator(path, '$eq', argument, doc);
    case '$nin':
      return !naiveOperator(path, '$in', argument, doc);
    case '$not':
      return !Object.entries(argument as Document).every(([op, arg]) => naiveOperator(path, op, arg, doc));
    case '$exists':
      return leaves.some(({ value }) => value !== undefined) === argument;
    case '$in':
      return (argument as unknown[]).some((item) => naiveOperator(path, '$eq', item, doc));
    case '$all':
      return (
        (argument as unknown[]).length > 0 &&
        (argument as unknown[]).every((item) => naiveOperator(path, '$eq', item, doc))
      );
    case '$size':
      return arraysAt(doc, path).some((items) => items.length === argument);
    case '$elemMatch':
      return arraysAt(doc, path).some((items) =>
        items.some((item) => naiveElement(argument as Document, item)),
      );
    default:
      return leaves.some(({ value }) => naiveTest(operator, argument, value));
  }
}

/** An array within the array counts as a document with its indexes for names. */
function naiveElement(filter: Document, item: unknown): boolean {
  return (isDoc(item) || Array.isArray(item)) && naiveMatch(filter, { ...item });
}

function naiveTest(operator: string, argument: unknown, value: unknown): boolean {
  const isNull = (x: unknown): boolean => x === null || x === undefined;
  if (operator === '$eq')
    return isNull(argument) ? isNull(value) : value !== undefined && compareValues(value, argument) === 0;
  if (isNull(argument)) return operator.endsWith('e') && isNull(value);
  if (value === undefined || kind(value) !== kind(argument)) return false;
  if (isNaN_(value) || isNaN_(argument)) return operator.endsWith('e') && isNaN_(value) && isNaN_(argument);
  const order = compareValues(value, argument);
  if (order === 0) return operator.endsWith('e');
  return operator.startsWith('$g') ? order > 0 : order < 0;
}

const isNaN_ = (value: unknown): boolean =>
  (typeof value === 'number' || value instanceof Decimal128) && String(value) === 'NaN';

function kind(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal128) return 'number';
  if (value instanceof Timestamp) return 'timestamp';
  if (typeof value !== 'object') return typeof value;
  return Array.isArray(value) ? 'array' : value.constructor.name;
}

const isDoc = (value: unknown): value is Document =>
  value !== null && typeof value === 'object' && value.constructor === Object;

/** Values a condition on the path is asked about: leaves, and the elements of leaf arrays. */
function leavesOf(doc: Document, path: string[]): Leaf[] {
  return endsOf(doc, path).flatMap((end) =>
    end.whole || !Array.isArray(end.value)
      ? [end]
      : [...end.value.map((value: unknown) => ({ value })), { value: end.value }],
  );
}

function arraysAt(doc: Document, path: string[]): unknown[][] {
  return endsOf(doc, path).flatMap(({ value }) => (Array.isArray(value) ? [value as unknown[]] : []));
}

function endsOf(doc: Document, [name = '', ...rest]: string[]): Leaf[] {
  const value = doc[name];
  if (rest.length === 0) return [{ value }];
  if (isDoc(value)) return endsOf(value, rest);
  return Array.isArray(value) ? endsInArray(value, rest) : [{ value: undefined }];
}

function endsInArray(items: unknown[], rest: string[]): Leaf[] {
  return items.flatMap((item, i) => {
    const implicit = isDoc(item) ? endsOf(item, rest) : [];
    if (String(i) !== rest[0]) return implicit;
    const tail = rest.slice(1);
    if (tail.length === 0) return [...implicit, { value: item, whole: true }];
    if (isDoc(item)) return [...implicit, ...endsOf(item, tail)];
    return Array.isArray(item) ? [...implicit, ...endsInArray(item, tail)] : implicit;
  });
}
