import { nameOf } from '../../bson/index.js';
import { commandError } from '../../errors.js';
import { Branch, compileProjectStage } from '../../query/index.js';
import {
  asDocument,
  fieldOf,
  setField,
  show,
  typeName,
  withField,
  type Document,
} from '../../values/index.js';
import { compileExpression, parseFieldPath } from '../expression/index.js';
import { mapping, type Stage, type StageCompiler, type StageTable } from '../stage-types.js';

/** Stages that change the form of each document. */
export const SHAPING: StageTable = {
  $project: (argument, { ctx }) => {
    const spec = asDocument(argument);
    if (!spec) throw commandError(15969, `$project specification must be an object`);
    const project = compileProjectStage(spec, ctx);
    return mapping((doc) => project(doc));
  },
  $addFields: addFields,
  $set: addFields,
  $unset: (argument, { ctx }) => {
    const paths = Array.isArray(argument) ? (argument as unknown[]) : [argument];
    if (paths.length === 0)
      throw commandError(31119, '$unset specification must be a string or an array with at least one field');
    const spec: Document = {};
    for (const path of paths) {
      if (typeof path !== 'string')
        throw commandError(
          31120,
          '$unset specification must be a string or an array containing only string values',
        );
      setField(spec, path, 0);
    }
    const project = compileProjectStage(spec, ctx);
    return mapping((doc) => project(doc));
  },
  $replaceRoot: (argument, compiler) => {
    const spec = asDocument(argument);
    if (!spec || !Object.hasOwn(spec, 'newRoot'))
      throw commandError(40231, 'no newRoot specified for the $replaceRoot stage');
    return replaceRoot(spec.newRoot, compiler);
  },
  $replaceWith: replaceRoot,
  $unwind: unwind,
};

function addFields(argument: unknown, { ctx }: StageCompiler, stage: string): Stage {
  const spec = asDocument(argument);
  if (!spec)
    throw commandError(40272, `${stage} specification stage must be an object, got ${typeName(argument)}`);
  const tree = new Branch();
  insertFields(tree, '', spec, (expression) => compileExpression(expression, ctx));
  return mapping((doc) => tree.compute(doc, doc));
}

/** `{a: {b: 1}}` sets the field `b` of `a` and leaves its others alone. */
function insertFields(
  tree: Branch,
  prefix: string,
  spec: Document,
  compile: (expression: unknown) => (doc: unknown) => unknown,
): void {
  for (const [name, value] of Object.entries(spec)) {
    const path = prefix + nameOf(name);
    const inner = asDocument(value);
    const [first] = Object.keys(inner ?? {});
    if (inner && first !== undefined && !first.startsWith('$'))
      insertFields(tree, `${path}.`, inner, compile);
    else tree.insert(path, { kind: 'computed', evaluate: compile(value) });
  }
}

function replaceRoot(expression: unknown, { ctx }: StageCompiler): Stage {
  const evaluate = compileExpression(expression, ctx);
  return mapping((doc) => {
    const value = evaluate(doc);
    const root = asDocument(value);
    if (root) return root;
    throw commandError(
      40228,
      `'newRoot' expression must evaluate to an object, but resulting value was: ${show(value)}. ` +
        `Type of resulting value: '${typeName(value)}'.`,
    );
  });
}

interface Unwinding {
  parts: readonly string[];
  keepsEmpty: boolean;
  indexField: readonly string[] | undefined;
}

function unwind(argument: unknown): Stage {
  const unwinding = parseUnwind(argument);
  return function* (docs) {
    for (const doc of docs) yield* unwound(doc, unwinding);
  };
}

function parseUnwind(argument: unknown): Unwinding {
  const spec = typeof argument === 'string' ? { path: argument } : asDocument(argument);
  const { path, preserveNullAndEmptyArrays, includeArrayIndex } = spec ?? {};
  if (typeof path !== 'string') throw commandError(28812, 'no path specified to $unwind stage');
  if (!path.startsWith('$')) {
    throw commandError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  }
  return {
    parts: parseFieldPath(path.slice(1)),
    keepsEmpty: preserveNullAndEmptyArrays === true,
    indexField: typeof includeArrayIndex === 'string' ? parseFieldPath(includeArrayIndex) : undefined,
  };
}

function* unwound(doc: Document, { parts, keepsEmpty, indexField }: Unwinding): Iterable<Document> {
  const value = plainValue(doc, parts);
  const result = (item: unknown, index: bigint | null): Document => {
    const out = setPlain(doc, parts, item);
    return indexField ? setPlain(out, indexField, index) : out;
  };
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) yield result(item, BigInt(index));
  } else if (value !== undefined && value !== null && !Array.isArray(value)) {
    yield result(value, null);
  } else if (keepsEmpty) {
    yield result(Array.isArray(value) ? undefined : value, null);
  }
}

function plainValue(doc: Document, parts: readonly string[]): unknown {
  return parts.reduce<unknown>((value, part) => {
    const inner = asDocument(value);
    return inner && fieldOf(inner, part);
  }, doc);
}

/** Sets (or, with undefined, removes) the field; arrays are not looked into. */
export function setPlain(doc: Document, [part, ...rest]: readonly string[], value: unknown): Document {
  const name = part!;
  if (rest.length === 0) return withField(doc, name, value);
  const child = asDocument(fieldOf(doc, name));
  if (!child && value === undefined) return doc;
  return withField(doc, name, setPlain(child ?? {}, rest, value));
}
