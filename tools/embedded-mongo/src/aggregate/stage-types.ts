import type { Document, EvalContext } from '../values/index.js';

/** One step of a pipeline: takes documents as they come, gives documents as they are asked for. */
export type Stage = (docs: Iterable<Document>) => Iterable<Document>;

export interface StageCompiler {
  readonly ctx: EvalContext;
  /** For the pipelines within `$lookup`, `$facet` and `$unionWith`. */
  pipeline(stages: unknown, ctx?: EvalContext): Stage;
}

type StageFactory = (argument: unknown, compiler: StageCompiler, stage: string) => Stage;
export type StageTable = Readonly<Record<string, StageFactory>>;

/** A stage that turns each document into another. */
export function mapping(change: (doc: Document) => Document): Stage {
  return function* (docs) {
    for (const doc of docs) yield change(doc);
  };
}
