import { commandError } from '../errors.js';
import type { Document } from '../values/index.js';

/** An update document (operators or replacement) or an aggregation pipeline. */
export type Update = Document | readonly Document[];

export interface UpdateResult {
  /** A new document that shares what did not change, or the old one itself. */
  doc: Document;
  changed: boolean;
  /** Operator updates only: the dotted paths written, for `describeUpdate`. */
  touched?: readonly string[];
}

/** A whole new document, as opposed to operators or a pipeline. */
export function isReplacement(update: Update): update is Document {
  return !Array.isArray(update) && Object.keys(update)[0]?.startsWith('$') !== true;
}

export const immutableId = (): Error =>
  commandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
