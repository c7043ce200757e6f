import { nameOf } from '../bson/index.js';
import { commandError } from '../errors.js';
import {
  asDocument,
  compareStrings,
  isArrayIndex,
  show,
  typeName,
  valuesEqual,
  type Document,
  type EvalContext,
} from '../values/index.js';
import { parseArrayFilters, type ArrayFilters } from './array-filters.js';
import { UPDATE_OPERATORS, type Draft, type FieldChange } from './operators.js';
import { expandPath } from './positional.js';
import { immutableId, type UpdateResult } from './update-types.js';

/** An update by operators, parsed: applied field by field in the order of the paths, as mongod does. */
export class FieldUpdate {
  private readonly changes: { parts: readonly string[]; change: FieldChange }[];
  private readonly arrayFilters: ArrayFilters;

  constructor(update: Document, ctx: EvalContext) {
    this.arrayFilters = parseArrayFilters(update, ctx);
    this.changes = parseChanges(update, ctx);
  }

  apply(doc: Document, options: { matchedArrayIndex?: number | undefined; isInsert: boolean }): UpdateResult {
    const draft: Draft = { doc, touched: new Set(), isInsert: options.isInsert };
    for (const { parts, change } of this.changes) {
      for (const path of expandPath(draft.doc, parts, { ...options, arrayFilters: this.arrayFilters })) {
        change(draft, path);
      }
    }
    if (doc._id !== undefined && !valuesEqual(doc._id, draft.doc._id)) throw immutableId();
    return { doc: draft.doc, changed: draft.doc !== doc, touched: [...draft.touched] };
  }
}

function parseChanges(
  update: Document,
  ctx: EvalContext,
): { parts: readonly string[]; change: FieldChange }[] {
  const paths = new PathSet();
  const changes: { parts: readonly string[]; change: FieldChange }[] = [];
  for (const [operator, fields] of Object.entries(update)) {
    const compile = Object.hasOwn(UPDATE_OPERATORS, operator) ? UPDATE_OPERATORS[operator] : undefined;
    if (!compile) throw unknownOperator(operator);
    for (const [path, argument] of Object.entries(fieldsOf(operator, fields))) {
      const parts = parseUpdatePath(nameOf(path));
      paths.add(path);
      if (operator === '$rename' && typeof argument === 'string') {
        checkRename(path, argument);
        paths.add(argument);
      }
      changes.push({ parts, change: compile(argument, path, ctx) });
    }
  }
  return changes.sort((a, b) => comparePaths(a.parts, b.parts));
}

function unknownOperator(operator: string): Error {
  return operator.startsWith('$')
    ? commandError(
        9,
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      )
    : commandError(9, `The field '${operator}' is no update operator: operators and fields cannot be mixed`);
}

function fieldsOf(operator: string, fields: unknown): Document {
  const doc = asDocument(fields);
  if (doc) return doc;
  throw commandError(
    9,
    `Modifiers operate on fields but we found type ${typeName(fields)} instead. ` +
      `For example: {$mod: {<field>: ...}} not {${operator}: ${show(fields)}}`,
  );
}

function parseUpdatePath(path: string): readonly string[] {
  if (path === '') throw commandError(56, 'An empty update path is not valid.');
  const parts = path.split('.');
  if (parts.includes('')) {
    throw commandError(56, `The update path '${path}' contains an empty field name, which is not allowed.`);
  }
  if (parts[0]!.startsWith('$')) {
    throw parts[0] === '$' || parts[0]!.startsWith('$[')
      ? commandError(2, `Cannot have positional (i.e. '$') element in the first position in path '${path}'`)
      : commandError(
          52,
          `The dollar ($) prefixed field '${parts[0]}' in '${path}' is not valid for storage.`,
        );
  }
  return parts;
}

function checkRename(from: string, to: string): void {
  if (to === from)
    throw commandError(2, `The source and target field for $rename must differ: ${from}: "${to}"`);
  if (to === '' || to.split('.').includes(''))
    throw commandError(56, `The update path '${to}' contains an empty field name, which is not allowed.`);
  const positional = [from, to].find((path) => path.split('.').some((part) => part.startsWith('$')));
  if (positional !== undefined)
    throw commandError(2, `The source and target field for $rename may not be dynamic: ${positional}`);
}

/** The paths an update writes; none may be written twice or lie within another. */
class PathSet {
  private readonly paths = new Set<string>();
  private readonly ancestors = new Set<string>();

  add(path: string): void {
    if (this.paths.has(path) || this.ancestors.has(path)) throw conflict(path, path);
    const parts = path.split('.');
    for (let depth = 1; depth < parts.length; depth++) {
      const ancestor = parts.slice(0, depth).join('.');
      if (this.paths.has(ancestor)) throw conflict(path, ancestor);
      this.ancestors.add(ancestor);
    }
    this.paths.add(path);
  }
}

const conflict = (path: string, at: string): Error =>
  commandError(40, `Updating the path '${path}' would create a conflict at '${at}'`);

/** Array indexes by number, names by text. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    const order = isArrayIndex(x) && isArrayIndex(y) ? Number(x) - Number(y) : compareStrings(x, y);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
