import { compareValues, type Document } from '../values/index.js';

/** One operator on one dotted path, as the property tests generate it. */
export interface NaiveChange {
  operator: string;
  path: string;
  argument: unknown;
}

/** The update is one that has to be refused. */
export class Refused extends Error {}

/** Updates a copy in place, step by step, without regard for speed or sharing. Throws `Refused`. */
export function naiveUpdate(doc: Document, changes: readonly NaiveChange[]): Document {
  const copy = structuredCopy(doc) as Document;
  for (const change of changes) applyChange(copy, change);
  return copy;
}

type Container = Record<string, unknown>;

function applyChange(doc: Document, { operator, path, argument }: NaiveChange): void {
  const parts = path.split('.');
  const last = parts.pop()!;
  const creates = !['$unset', '$pull', '$pop'].includes(operator);
  const parent = parentOf(doc, parts, creates, last);
  if (!parent) return;
  const current = Object.hasOwn(parent, last) ? parent[last] : undefined;
  const next = newValue(operator, current, argument);
  if (next === KEEP) return;
  if (operator === '$unset') {
    if (!Array.isArray(parent)) delete parent[last];
    else if (current !== undefined) parent[last as never] = null as never;
    return;
  }
  if (Array.isArray(parent)) while (parent.length < Number(last)) parent.push(null);
  parent[last] = structuredCopy(next);
}

const KEEP = Symbol('keep');

function newValue(operator: string, current: unknown, argument: unknown): unknown {
  const items = current as unknown[];
  switch (operator) {
    case '$set':
      return argument;
    case '$unset':
      return undefined;
    case '$inc':
      if (current === undefined) return argument;
      if (typeof current !== 'number') throw new Refused();
      return current + (argument as number);
    case '$min':
      return current === undefined || compareValues(argument, current) < 0 ? argument : KEEP;
    case '$max':
      return current === undefined || compareValues(argument, current) > 0 ? argument : KEEP;
  }
  if (current === undefined) return operator === '$push' || operator === '$addToSet' ? [argument] : KEEP;
  if (!Array.isArray(current)) throw new Refused();
  switch (operator) {
    case '$push':
      return [...items, argument];
    case '$addToSet':
      return items.some((item) => compareValues(item, argument) === 0) ? KEEP : [...items, argument];
    case '$pop':
      return argument === 1 ? items.slice(0, -1) : items.slice(1);
    default:
      return items.filter((item) => compareValues(item, argument) !== 0);
  }
}

function parentOf(doc: Document, parts: string[], creates: boolean, last: string): Container | undefined {
  let container: unknown = doc;
  const keys = [...parts, last];
  for (let i = 0; i < keys.length; i++) {
    if (!isContainer(container) || (Array.isArray(container) && !/^\d+$/.test(keys[i]!))) {
      if (creates) throw new Refused();
      return undefined;
    }
    if (i === keys.length - 1) return container as Container;
    const key = keys[i]!;
    const fields = container as Container;
    if (!Object.hasOwn(fields, key)) {
      if (!creates) return undefined;
      if (Array.isArray(container)) while (container.length < Number(key)) container.push(null);
      fields[key] = {};
    }
    container = fields[key];
  }
  return undefined;
}

const isContainer = (value: unknown): boolean =>
  Array.isArray(value) || (value !== null && typeof value === 'object' && value.constructor === Object);

function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value as Document).map(([k, v]) => [k, structuredCopy(v)]));
}
