import { asDocument, fieldOf, isArrayIndex, splitPath, type Document } from '../values/index.js';

/**
 * Called with a value the path leads to (`undefined` for a missing field); returns true to stop.
 * `arrayIndex` is the position in the outermost array passed on the way. `expandable` is false for an
 * element named by its index: such an array is not looked into.
 */
export type PathVisitor = (
  value: unknown,
  arrayIndex: number | undefined,
  expandable: boolean,
) => boolean | void;

/**
 * Visits every value the dotted path leads to, through arrays of documents; `undefined` where a document has
 * no such field. An array at the end of the path is visited as a whole. True if `visit` stopped the walk.
 */
export function walkPath(doc: Document, path: string, visit: PathVisitor): boolean {
  return new PathWalk(splitPath(path), visit).document(doc, 0, undefined);
}

class PathWalk {
  constructor(
    private readonly parts: readonly string[],
    private readonly visit: PathVisitor,
  ) {}

  document(doc: Document, depth: number, arrayIndex: number | undefined): boolean {
    return this.value(fieldOf(doc, this.parts[depth]!), depth + 1, arrayIndex);
  }

  private value(value: unknown, depth: number, arrayIndex: number | undefined): boolean {
    if (depth === this.parts.length) return this.visit(value, arrayIndex, true) === true;
    if (Array.isArray(value)) return this.array(value, depth, arrayIndex);
    const doc = asDocument(value);
    return doc ? this.document(doc, depth, arrayIndex) : this.visit(undefined, arrayIndex, true) === true;
  }

  /** Documents in the array are walked, and so is the element the path names by its index. */
  private array(items: unknown[], depth: number, arrayIndex: number | undefined): boolean {
    const part = this.parts[depth]!;
    const named = isArrayIndex(part) ? Number(part) : -1;
    return items.some((item, index) => {
      const doc = asDocument(item);
      if (doc && this.document(doc, depth, arrayIndex ?? index)) return true;
      return index === named && this.namedElement(item, depth + 1, arrayIndex);
    });
  }

  private namedElement(item: unknown, depth: number, arrayIndex: number | undefined): boolean {
    if (depth === this.parts.length) return this.visit(item, arrayIndex, false) === true;
    if (Array.isArray(item)) return this.array(item, depth, arrayIndex);
    const doc = asDocument(item);
    return doc !== undefined && this.document(doc, depth, arrayIndex);
  }
}
