import { commandError } from '../errors.js';
import { compileFilter } from '../query/index.js';
import { asDocument, show, type Document, type EvalContext } from '../values/index.js';

/** The conditions on array elements that `$[identifier]` names. */
export type ArrayFilters = ReadonlyMap<string, (element: unknown) => boolean>;

export function parseArrayFilters(update: Document, ctx: EvalContext): ArrayFilters {
  const filters = new Map<string, (element: unknown) => boolean>();
  for (const filter of ctx.arrayFilters ?? []) {
    const identifier = identifierOf(filter);
    if (filters.has(identifier)) {
      throw commandError(9, `Found multiple array filters with the same top-level field name ${identifier}`);
    }
    const matches = compileFilter(filter, ctx);
    filters.set(identifier, (element) => matches({ [identifier]: element }));
  }
  checkAllUsed(filters, update);
  return filters;
}

function identifierOf(filter: Document): string {
  const names = new Set<string>();
  collectNames(filter, names);
  const [name] = names;
  if (name === undefined || names.size > 1) {
    throw commandError(
      9,
      `Error parsing array filter :: caused by :: Expected a single top-level field name, found ${[...names].map((x) => `'${x}'`).join(' and ') || 'none'}`,
    );
  }
  if (/^[a-z][A-Za-z0-9]*$/.test(name)) return name;
  throw commandError(
    2,
    `Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
  );
}

function collectNames(filter: Document, names: Set<string>): void {
  for (const [name, condition] of Object.entries(filter)) {
    if (!name.startsWith('$')) names.add(name.split('.')[0]!);
    else if (Array.isArray(condition))
      condition.forEach((branch) => collectNames(asDocument(branch) ?? {}, names));
  }
}

function checkAllUsed(filters: ArrayFilters, update: Document): void {
  if (filters.size === 0) return;
  const paths = Object.values(update).flatMap((fields) => Object.keys(asDocument(fields) ?? {}));
  for (const identifier of filters.keys()) {
    if (!paths.some((path) => path.split('.').includes(`$[${identifier}]`))) {
      throw commandError(
        9,
        `The array filter for identifier '${identifier}' was not used in the update ${show(update)}`,
      );
    }
  }
}
