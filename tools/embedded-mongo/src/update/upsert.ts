import { ObjectId } from 'bson';
import { nameOf } from '../bson/index.js';
import { commandError } from '../errors.js';
import { operatorsOf } from '../query/index.js';
import { asDocument, isRegex, valuesEqual, type Document, type EvalContext } from '../values/index.js';
import { compileInsertUpdate } from './compile-update.js';
import { setAt, valueAt } from './paths.js';
import { immutableId, isReplacement, type Update } from './update-types.js';

/** The document an upsert inserts: the filter's equalities with the update applied to them. */
export function upsertDocument(filter: Document, update: Update, ctx: EvalContext): Document {
  const equalities = equalitiesOf(filter);
  const base =
    !Array.isArray(update) && isReplacement(update) ? idOnly(equalities, update) : seed(equalities);
  const { doc } = compileInsertUpdate(update, ctx)(base);
  const { _id: id = new ObjectId(), ...fields } = doc;
  return Object.keys(doc)[0] === '_id' ? doc : { _id: id, ...fields };
}

function idOnly(equalities: ReadonlyMap<string, unknown>, replacement: Document): Document {
  const id = equalities.get('_id');
  if (id === undefined) return {};
  if (replacement._id !== undefined && !valuesEqual(id, replacement._id)) throw immutableId();
  return { _id: id };
}

function seed(equalities: ReadonlyMap<string, unknown>): Document {
  let doc: Document = {};
  for (const [path, value] of equalities) {
    const parts = nameOf(path).split('.');
    if (valueAt(doc, parts) !== undefined || isInsideValue(doc, parts)) {
      throw commandError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
    }
    doc = setAt(doc, parts, value).doc;
  }
  return doc;
}

/** True if an equality on an ancestor of the path has set a value already. */
function isInsideValue(doc: Document, parts: readonly string[]): boolean {
  return parts.slice(0, -1).some((_part, i) => {
    const value = valueAt(doc, parts.slice(0, i + 1));
    return value !== undefined && asDocument(value) === undefined;
  });
}

/** Fields that every matching document has equal to one known value. */
function equalitiesOf(filter: Document, found = new Map<string, unknown>()): Map<string, unknown> {
  for (const [name, condition] of Object.entries(filter)) {
    const branches = Array.isArray(condition) ? (condition as unknown[]) : [];
    if (name === '$and' || (name === '$or' && branches.length === 1)) {
      for (const branch of branches) equalitiesOf(asDocument(branch) ?? {}, found);
    } else if (!name.startsWith('$')) {
      addEquality(name, condition, found);
    }
  }
  return found;
}

function addEquality(path: string, condition: unknown, found: Map<string, unknown>): void {
  const operators = operatorsOf(condition);
  const value = operators ? onlyValueOf(operators) : condition;
  if (value === undefined || isRegex(value)) return;
  if (found.has(path)) {
    throw commandError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
  }
  found.set(path, value);
}

/** `$eq`, and `$in` or `$all` of a single value. */
function onlyValueOf(operators: Document): unknown {
  if (Object.hasOwn(operators, '$eq')) return operators.$eq;
  for (const name of ['$in', '$all']) {
    const values = operators[name];
    if (Array.isArray(values) && values.length === 1 && !operatorsOf(values[0])) return values[0] as unknown;
  }
  return undefined;
}
