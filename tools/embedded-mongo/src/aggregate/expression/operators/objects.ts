import { nameOf } from '../../../bson/index.js';
import { commandError } from '../../../errors.js';
import { asDocument, fieldOf, setField, typeName, withField, type Document } from '../../../values/index.js';
import { isNullish, namedArguments, unaryOrNull, variadic } from '../operands.js';
import type { Evaluator, ExpressionCompiler, OperatorTable } from '../types.js';

export const OBJECTS: OperatorTable = {
  $mergeObjects: variadic((values) => {
    const parts = values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : values;
    return parts.reduce<Document>(mergeInto, {});
  }),
  $objectToArray: unaryOrNull((value) => {
    const doc = documentIn(value, 40390, '$objectToArray requires a document input');
    return Object.entries(doc).map(([property, v]) => ({ k: nameOf(property), v }));
  }),
  $arrayToObject: unaryOrNull(arrayToObject),
  $getField: (argument, compiler) => {
    const doc = asDocument(argument);
    const isFull = doc && Object.hasOwn(doc, 'field');
    const parts = isFull
      ? namedArguments(argument, '$getField', { required: ['field'], optional: ['input'] })
      : new Map<string, unknown>([['field', argument]]);
    const name = fieldName(parts.get('field'), compiler, '$getField');
    const input = compiler.compile(parts.has('input') ? parts.get('input') : '$$CURRENT');
    return (scope) => {
      const value = input(scope);
      if (value === null) return null;
      const fields = asDocument(value);
      return fields && fieldOf(fields, name(scope));
    };
  },
  $setField: (argument, compiler) => {
    const parts = namedArguments(argument, '$setField', { required: ['field', 'input', 'value'] });
    return fieldSetter(parts, compiler.compile(parts.get('value')), compiler, '$setField');
  },
  $unsetField: (argument, compiler) => {
    const parts = namedArguments(argument, '$unsetField', { required: ['field', 'input'] });
    return fieldSetter(parts, () => undefined, compiler, '$unsetField');
  },
};

/** Adds the fields of a document to one just created; null and missing add nothing. */
export function mergeInto(target: Document, value: unknown): Document {
  if (isNullish(value)) return target;
  const doc = documentIn(value, 40400, '$mergeObjects requires object inputs');
  for (const [name, item] of Object.entries(doc)) setField(target, name, item);
  return target;
}

function documentIn(value: unknown, code: number, message: string): Document {
  const doc = asDocument(value);
  if (!doc) throw commandError(code, `${message}, but input is of type ${typeName(value)}`);
  return doc;
}

/** The name is taken literally: it may hold dots and start with a dollar. */
function fieldName(
  argument: unknown,
  compiler: ExpressionCompiler,
  operator: string,
): (scope: Parameters<Evaluator>[0]) => string {
  const evaluate = compiler.compile(argument);
  return (scope) => {
    const name = evaluate(scope);
    if (typeof name !== 'string') {
      throw commandError(
        3041704,
        `${operator} requires 'field' to evaluate to type String, but got ${typeName(name)}`,
      );
    }
    return name;
  };
}

function fieldSetter(
  parts: ReadonlyMap<string, unknown>,
  value: Evaluator,
  compiler: ExpressionCompiler,
  operator: string,
): Evaluator {
  const name = fieldName(parts.get('field'), compiler, operator);
  const input = compiler.compile(parts.get('input'));
  return (scope) => {
    const target = input(scope);
    if (isNullish(target)) return null;
    const doc = documentIn(target, 4161105, `${operator} requires 'input' to evaluate to type Object`);
    return withField(doc, name(scope), value(scope));
  };
}

function arrayToObject(value: unknown): Document {
  if (!Array.isArray(value)) {
    throw commandError(40386, `$arrayToObject requires an array input, found: ${typeName(value)}`);
  }
  const out: Document = {};
  for (const item of value as unknown[]) {
    const [name, entry] = keyAndValue(item);
    if (typeof name !== 'string') {
      throw commandError(40394, `$arrayToObject requires keys of type string, found: ${typeName(name)}`);
    }
    setField(out, name, entry);
  }
  return out;
}

function keyAndValue(item: unknown): [unknown, unknown] {
  if (Array.isArray(item) && item.length === 2) return [item[0], item[1]];
  const doc = asDocument(item);
  if (doc && Object.keys(doc).length === 2 && 'k' in doc && 'v' in doc) return [doc.k, doc.v];
  throw commandError(40398, '$arrayToObject requires elements of the form {k, v} or [k, v]');
}
