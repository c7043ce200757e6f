import { commandError } from '../../errors.js';
import { asDocument, compareValues, keyString, setField, type Document } from '../../values/index.js';
import { compileExpression } from '../expression/index.js';
import type { Stage, StageCompiler, StageTable } from '../stage-types.js';
import { compileAccumulator, type Accumulator } from './accumulators.js';

/** Stages that gather documents into groups. */
export const GROUPING: StageTable = {
  $group: (argument, compiler) => {
    const spec = asDocument(argument);
    if (!spec) throw commandError(15947, "a group's fields must be specified in an object");
    if (!Object.hasOwn(spec, '_id')) throw commandError(15955, 'a group specification must include an _id');
    const { _id: id, ...fields } = spec;
    return group(compileExpression(id, compiler.ctx), compileFields(fields, compiler), compiler);
  },
  $sortByCount: (argument, compiler) => {
    const isExpression = typeof argument === 'string' ? argument.startsWith('$') : asDocument(argument);
    if (!isExpression)
      throw commandError(
        40149,
        'the sortByCount field must be specified as a string or an object expression',
      );
    return compiler.pipeline([{ $group: { _id: argument, count: { $sum: 1 } } }, { $sort: { count: -1 } }]);
  },
  $bucket: bucket,
};

type Fields = readonly [name: string, accumulate: Accumulator][];

function compileFields(fields: Document, compiler: StageCompiler): Fields {
  return Object.entries(fields).map(([name, spec]) => {
    if (name.includes('.')) throw commandError(40235, `The field name '${name}' cannot contain '.'`);
    if (name.startsWith('$'))
      throw commandError(40236, `The field name '${name}' cannot be an operator name`);
    return [name, compileAccumulator(name, spec, compiler)] as const;
  });
}

/** Groups appear in the order of their first documents. A missing key groups with null. */
function group(keyOf: (doc: Document) => unknown, fields: Fields, { ctx }: StageCompiler): Stage {
  return function* (docs) {
    const groups = new Map<string, { id: unknown; members: Document[] }>();
    for (const doc of docs) {
      const id = keyOf(doc) ?? null;
      const key = keyString(id, ctx.collation);
      const existing = groups.get(key);
      if (existing) existing.members.push(doc);
      else groups.set(key, { id, members: [doc] });
    }
    for (const { id, members } of groups.values()) {
      const out: Document = { _id: id };
      for (const [name, accumulate] of fields) setField(out, name, accumulate(members));
      yield out;
    }
  };
}

const BUCKET_FIELDS = ['groupBy', 'boundaries', 'default', 'output'];

function bucket(argument: unknown, compiler: StageCompiler): Stage {
  const spec = asDocument(argument);
  if (!spec) throw commandError(40201, 'Argument to $bucket stage must be an object');
  const unknown = Object.keys(spec).find((name) => !BUCKET_FIELDS.includes(name));
  if (unknown !== undefined) throw commandError(40197, `Unrecognized option to $bucket: ${unknown}.`);
  const { boundaries, groupBy, output = { count: { $sum: 1 } } } = spec;
  if (!Array.isArray(boundaries) || boundaries.length < 2) {
    throw commandError(40192, "The $bucket 'boundaries' field must have at least 2 values");
  }
  const limits = boundaries.map((limit: unknown) => compileExpression(limit, compiler.ctx)({}));
  if (limits.some((limit, i) => i > 0 && compareValues(limits[i - 1], limit) >= 0)) {
    throw commandError(40194, "The 'boundaries' option to $bucket must be sorted");
  }
  const valueOf = compileExpression(groupBy, compiler.ctx);
  const hasDefault = Object.hasOwn(spec, 'default');
  const keyOf = (doc: Document): unknown => {
    const value = valueOf(doc);
    const index = limits.findLastIndex((limit) => compareValues(value, limit) >= 0);
    if (index >= 0 && index < limits.length - 1) return limits[index];
    if (hasDefault) return spec.default;
    throw commandError(
      40066,
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  };
  const grouped = group(keyOf, compileFields(asDocument(output) ?? {}, compiler), compiler);
  return (docs) => [...grouped(docs)].sort((a, b) => compareValues(a._id, b._id));
}
