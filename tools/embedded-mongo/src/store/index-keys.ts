import { commandError } from '../errors.js';
import { childOf, isArrayIndex, type Document } from '../values/index.js';

/** One value per indexed path; `undefined` where the document has no such field. */
export type IndexKey = readonly unknown[];

interface IndexKeys {
  keys: IndexKey[];
  /** An array was met on the way: a document may have several keys. */
  multikey: boolean;
}

/** Where the walk along one path stands: at its end, or before an array that has to be fanned out. */
type Step =
  | { done: true; value: unknown }
  | { done: false; array: readonly unknown[]; path: readonly string[]; at: number };

/**
 * The keys under which a document stands in an index over `paths`. An array gives one key per element, an
 * empty one the key `[]`; paths that lead through the same array take their values from the same element.
 */
export function indexKeys(doc: Document, paths: readonly (readonly string[])[]): IndexKeys {
  const steps = paths.map((path) => walk(doc, path, 0));
  if (steps.every((step) => step.done)) return { keys: [steps.map(valueOf)], multikey: false };
  return { keys: fanOut(steps), multikey: true };
}

function fanOut(steps: readonly Step[]): IndexKey[] {
  const arrays = new Set(steps.flatMap((step) => (step.done ? [] : [step.array])));
  const [array] = arrays;
  if (!array) return [steps.map(valueOf)];
  if (arrays.size > 1) throw commandError(171, 'cannot index parallel arrays');
  if (array.length === 0) return [steps.map((step) => (step.done ? step.value : emptyArrayKey(step)))];
  return array.flatMap((element) => fanOut(steps.map((step) => enter(step, element))));
}

function enter(step: Step, element: unknown): Step {
  if (step.done) return step;
  if (step.at === step.path.length) return { done: true, value: element };
  // An array directly within an array is not looked into.
  return Array.isArray(element) ? { done: true, value: undefined } : walk(element, step.path, step.at);
}

function walk(from: unknown, path: readonly string[], start: number): Step {
  let value = from;
  for (let at = start; ; at++) {
    if (Array.isArray(value)) {
      const part = path[at];
      if (part === undefined || !isArrayIndex(part)) return { done: false, array: value, path, at };
    }
    if (at === path.length || value === undefined) return { done: true, value };
    value = childOf(value, path[at] ?? '');
  }
}

const valueOf = (step: Step): unknown => (step.done ? step.value : undefined);
const emptyArrayKey = (step: Step & { done: false }): unknown =>
  step.at === step.path.length ? [] : undefined;
