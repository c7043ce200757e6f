import { commandError, unsupported } from '../../errors.js';
import { compileFilter } from '../../query/index.js';
import {
  asDocument,
  isRegex,
  keyString,
  setField,
  toSafeInteger,
  typeName,
  type Document,
  type EvalContext,
} from '../../values/index.js';
import { compileExpression, parseFieldPath, valueAtPath } from '../expression/index.js';
import { mapping, type Stage, type StageCompiler, type StageTable } from '../stage-types.js';
import { setPlain } from './shaping.js';

/** Stages that bring in other documents, or run pipelines within the pipeline. */
export const JOINING: StageTable = {
  $lookup: lookup,
  $graphLookup: graphLookup,
  $unionWith: (argument, compiler) => {
    const spec = typeof argument === 'string' ? { coll: argument } : asDocument(argument);
    const { coll, pipeline = [] } = spec ?? {};
    const run = compiler.pipeline(pipeline);
    const others = () => run(coll === undefined ? [] : collection(compiler.ctx, coll, '$unionWith'));
    return function* (docs) {
      yield* docs;
      yield* others();
    };
  },
  $facet: (argument, compiler) => {
    const facets = Object.entries(asDocument(argument) ?? {}).map(([name, stages]): [string, Stage] => [
      name,
      compiler.pipeline(stages),
    ]);
    if (facets.length === 0) throw commandError(40169, 'the $facet specification must be a non-empty object');
    return (docs) => {
      const all = [...docs];
      const out: Document = {};
      for (const [name, run] of facets) setField(out, name, [...run(all)]);
      return [out];
    };
  },
  $documents: (argument, { ctx }) => {
    const docs = compileExpression(argument, ctx)({});
    if (!Array.isArray(docs) || !docs.every((doc) => asDocument(doc))) {
      throw commandError(5858203, 'the argument to $documents has to be an array of objects');
    }
    return () => docs as Document[];
  },
};

function collection(ctx: EvalContext, name: unknown, stage: string): Iterable<Document> {
  if (typeof name !== 'string') {
    throw asDocument(name)
      ? unsupported(`${stage} from another database`)
      : commandError(9, `${stage} needs the name of a collection as a string, found ${typeName(name)}`);
  }
  if (!ctx.collection) throw unsupported(`${stage} in this place`);
  return ctx.collection(name);
}

const LOOKUP_FIELDS = ['from', 'localField', 'foreignField', 'let', 'pipeline', 'as'];

function parseSpec(argument: unknown, stage: string, fields: readonly string[]): Document {
  const spec = asDocument(argument);
  if (!spec) throw commandError(9, `the ${stage} specification must be an Object`);
  const unknown = Object.keys(spec).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw commandError(9, `unknown argument to ${stage}: ${unknown}`);
  if (typeof spec.as !== 'string') throw commandError(9, `must specify 'as' field for a ${stage}`);
  return spec;
}

function lookup(argument: unknown, compiler: StageCompiler): Stage {
  const spec = parseSpec(argument, '$lookup', LOOKUP_FIELDS);
  const { localField, foreignField } = spec;
  const byField = typeof localField === 'string' && typeof foreignField === 'string';
  if (!byField && (localField !== undefined || foreignField !== undefined || spec.pipeline === undefined)) {
    throw commandError(9, "$lookup requires both 'localField' and 'foreignField', or a 'pipeline'");
  }
  const target = parseFieldPath(spec.as as string);
  const candidatesOf = byField ? equalityJoin(localField, foreignField, compiler) : () => undefined;
  const runOn = foreignPipeline(spec, compiler);
  return function* (docs) {
    const foreign = [...collection(compiler.ctx, spec.from, '$lookup')];
    for (const doc of docs) {
      const candidates = candidatesOf(doc, foreign) ?? foreign;
      yield setPlain(doc, target, [...runOn(doc, candidates)]);
    }
  };
}

/** The stages run on the foreign documents; they see the variables of `let`. */
function foreignPipeline(
  spec: Document,
  compiler: StageCompiler,
): (doc: Document, foreign: Iterable<Document>) => Iterable<Document> {
  const { pipeline } = spec;
  if (pipeline === undefined) return (_doc, foreign) => foreign;
  const variables = Object.entries(asDocument(spec.let) ?? {}).map(
    ([name, expression]) => [name, compileExpression(expression, compiler.ctx)] as const,
  );
  if (variables.length === 0) {
    const run = compiler.pipeline(pipeline);
    return (_doc, foreign) => run(foreign);
  }
  return (doc, foreign) => {
    const values: Document = { ...compiler.ctx.variables };
    for (const [name, evaluate] of variables) setField(values, name, evaluate(doc));
    return compiler.pipeline(pipeline, { ...compiler.ctx, variables: values })(foreign);
  };
}

/** Foreign documents whose field equals the local value, or one of its elements; missing joins null. */
function equalityJoin(
  localField: string,
  foreignField: string,
  { ctx }: StageCompiler,
): (doc: Document, foreign: readonly Document[]) => readonly Document[] {
  const local = parseFieldPath(localField);
  return (doc, foreign) => {
    const value = valueAtPath(doc, local) ?? null;
    const wanted = Array.isArray(value) && value.length > 0 ? (value as unknown[]) : [value];
    const filter = wanted.some(isRegex)
      ? { $or: wanted.map((item) => ({ [foreignField]: { $eq: item } })) }
      : { [foreignField]: { $in: wanted } };
    const matches = compileFilter(filter, ctx);
    return foreign.filter((candidate) => matches(candidate));
  };
}

const GRAPH_FIELDS = [
  'from',
  'startWith',
  'connectFromField',
  'connectToField',
  'as',
  'maxDepth',
  'depthField',
  'restrictSearchWithMatch',
];

function graphLookup(argument: unknown, { ctx }: StageCompiler): Stage {
  const spec = parseSpec(argument, '$graphLookup', GRAPH_FIELDS);
  const { connectFromField: from, connectToField: to, depthField } = spec;
  if (typeof from !== 'string' || typeof to !== 'string') {
    throw commandError(40105, "$graphLookup requires 'connectFromField' and 'connectToField' as strings");
  }
  const start = compileExpression(spec.startWith, ctx);
  const restricts = compileFilter(asDocument(spec.restrictSearchWithMatch) ?? {}, ctx);
  const maxDepth = toSafeInteger(spec.maxDepth) ?? Number.POSITIVE_INFINITY;
  const target = parseFieldPath(spec.as as string);
  const fromParts = parseFieldPath(from);
  return mapping((doc) => {
    const pool = [...collection(ctx, spec.from, '$graphLookup')].filter((candidate) => restricts(candidate));
    const found = new Map<string, Document>();
    let frontier = valuesIn(start(doc));
    for (let depth = 0; depth <= maxDepth && frontier.length > 0; depth++) {
      const matches = compileFilter({ [to]: { $in: frontier } }, ctx);
      const reached = pool.filter((candidate) => matches(candidate) && !found.has(keyString(candidate._id)));
      for (const next of reached) {
        const shown = typeof depthField === 'string' ? setPlain(next, [depthField], BigInt(depth)) : next;
        found.set(keyString(next._id), shown);
      }
      frontier = reached.flatMap((next) => valuesIn(valueAtPath(next, fromParts)));
    }
    return setPlain(doc, target, [...found.values()]);
  });
}

function valuesIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}
