import { nameOf } from '../bson/index.js';
import {
  asDocument,
  childOf,
  compareStrings,
  identical,
  isArrayIndex,
  setField,
  type Document,
} from '../values/index.js';
import { valueAt } from './paths.js';

/** What a change event says of an update. */
export interface UpdateDescription {
  updatedFields: Document;
  removedFields: string[];
  truncatedArrays: { field: string; newSize: number }[];
  /** Only for paths with numeric field names or dots within a name. */
  disambiguatedPaths?: Record<string, (string | number)[]>;
}

/**
 * What changed from `pre` to `post`. After an operator update that is told by the paths it touched (a whole
 * array it rewrote is one value); without them, after a pipeline, by comparing the documents.
 */
export function describeUpdate(
  pre: Document,
  post: Document,
  touched?: readonly string[],
): UpdateDescription {
  const description = new DescriptionBuilder(post);
  if (touched) describeTouched(pre, post, touched, description);
  else describeDocuments(pre, post, [], description);
  return description.build();
}

type Path = readonly string[];

const fieldPath = (path: Path): string => path.map(nameOf).join('.');

class DescriptionBuilder {
  private readonly updated: [Path, unknown][] = [];
  private readonly removed: Path[] = [];
  private readonly truncated: [Path, number][] = [];

  constructor(private readonly post: Document) {}

  update(path: Path, value: unknown): void {
    this.updated.push([path, value]);
  }

  remove(path: Path): void {
    this.removed.push(path);
  }

  truncate(path: Path, newSize: number): void {
    this.truncated.push([path, newSize]);
  }

  build(): UpdateDescription {
    const updatedFields: Document = {};
    this.updated.sort(([a], [b]) => compareStrings(a.join('.'), b.join('.')));
    for (const [path, value] of this.updated) setField(updatedFields, fieldPath(path), value);
    const disambiguatedPaths = this.disambiguate();
    return {
      updatedFields,
      removedFields: this.removed.map(fieldPath),
      truncatedArrays: this.truncated.map(([path, newSize]) => ({ field: fieldPath(path), newSize })),
      ...(Object.keys(disambiguatedPaths).length > 0 ? { disambiguatedPaths } : {}),
    };
  }

  private disambiguate(): Record<string, (string | number)[]> {
    const paths = [
      ...this.updated.map(([path]) => path),
      ...this.removed,
      ...this.truncated.map(([path]) => path),
    ];
    const result: Record<string, (string | number)[]> = {};
    for (const path of paths) {
      const typed = path.map((part, i) =>
        Array.isArray(valueAt(this.post, path.slice(0, i))) ? Number(part) : nameOf(part),
      );
      const ambiguous = typed.some(
        (part) => typeof part === 'string' && (part.includes('.') || isArrayIndex(part)),
      );
      if (ambiguous) setField(result, fieldPath(path), typed);
    }
    return result;
  }
}

function describeTouched(
  pre: Document,
  post: Document,
  touched: readonly string[],
  description: DescriptionBuilder,
): void {
  const all = new Set(touched);
  for (const path of all) {
    const parts = path.split('.');
    if (parts.some((_part, i) => i > 0 && all.has(parts.slice(0, i).join('.')))) continue;
    const before = valueAt(pre, parts);
    const after = valueAt(post, parts);
    if (after === undefined) {
      if (before !== undefined) description.remove(parts);
    } else if (!identical(before, after)) {
      description.update(parts, after);
    }
  }
}

function describeDocuments(pre: Document, post: Document, path: Path, description: DescriptionBuilder): void {
  for (const name of Object.keys(pre)) {
    if (childOf(post, name) === undefined) description.remove([...path, name]);
  }
  for (const name of Object.keys(post)) {
    describeValue(childOf(pre, name), post[name], [...path, name], description);
  }
}

function describeValue(before: unknown, after: unknown, path: Path, description: DescriptionBuilder): void {
  if (before !== undefined && identical(before, after)) return;
  const pre = asDocument(before);
  const post = asDocument(after);
  if (pre && post && Object.keys(post).length > 0) describeDocuments(pre, post, path, description);
  else if (Array.isArray(before) && Array.isArray(after) && after.length > 0) {
    describeArrays(before, after, path, description);
  } else {
    description.update(path, after);
  }
}

/** Element by element, unless the array as a whole says it shorter. */
function describeArrays(
  before: unknown[],
  after: unknown[],
  path: Path,
  description: DescriptionBuilder,
): void {
  const changed = after.flatMap((item, i) => (i < before.length && identical(before[i], item) ? [] : [i]));
  if (changed.length > Math.min(before.length, after.length)) {
    description.update(path, after);
    return;
  }
  for (const i of changed) {
    const inner = [...path, String(i)];
    if (i < before.length) describeValue(before[i], after[i], inner, description);
    else description.update(inner, after[i]);
  }
  if (after.length < before.length) description.truncate(path, after.length);
}
