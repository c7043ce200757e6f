import { commandError, unsupported } from '../errors.js';
import { asDocument, typeName, type Document, type EvalContext } from '../values/index.js';
import type { Stage } from './stage-types.js';
import { REFUSED_STAGES, STAGES } from './stages/index.js';

/**
 * Stages that read or write the server itself ($changeStream, $out, $merge, $collStats, …) are the caller's
 * and have to be taken out of the pipeline before.
 */
export function runPipeline(
  docs: Iterable<Document>,
  pipeline: readonly Document[],
  ctx: EvalContext,
): Document[] {
  return compilePipeline(pipeline, ctx)(docs);
}

/** For a pipeline that runs more than once. */
export function compilePipeline(
  pipeline: readonly Document[],
  ctx: EvalContext,
): (docs: Iterable<Document>) => Document[] {
  const run = compileStages(pipeline, ctx);
  return (docs) => [...run(docs)];
}

function compileStages(pipeline: unknown, ctx: EvalContext): Stage {
  if (!Array.isArray(pipeline)) {
    throw commandError(14, `'pipeline' has to be an array, found ${typeName(pipeline)}`);
  }
  const stages = pipeline.map((stage: unknown) => compileStage(stage, ctx));
  return (docs) => stages.reduce((stream, stage) => stage(stream), docs);
}

function compileStage(spec: unknown, ctx: EvalContext): Stage {
  const stage = asDocument(spec);
  if (!stage) {
    throw commandError(14, "Each element of the 'pipeline' array must be an object");
  }
  const [name, ...others] = Object.keys(stage);
  if (name === undefined || others.length > 0) {
    throw commandError(40323, 'A pipeline stage specification object must contain exactly one field.');
  }
  const factory = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
  if (factory) {
    const compiler = { ctx, pipeline: (stages: unknown, inner = ctx) => compileStages(stages, inner) };
    return factory(stage[name], compiler, name);
  }
  if (REFUSED_STAGES.has(name)) throw unsupported(`the stage ${name}`);
  throw commandError(40324, `Unrecognized pipeline stage name: '${name}'`);
}
