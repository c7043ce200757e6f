import { nameOf } from '../bson/index.js';
import { compileExpression } from '../aggregate/expression/index.js';
import { commandError, unsupported } from '../errors.js';
import { asDocument, asNumeric, isTruthy, type Document, type EvalContext } from '../values/index.js';
import { elemMatchLeaf, positionalLeaf, sliceLeaf } from './find-projection.js';
import { Branch, type Leaf } from './projection-tree.js';

export type Projection = (doc: Document, matchedArrayIndex?: number) => Document;

/** A find's projection: `$slice`, `$elemMatch` and `path.$` as well as expressions. */
export function compileProjection(spec: Document, ctx: EvalContext): Projection {
  if (Object.keys(spec).length === 0) return (doc) => doc;
  return new ProjectionParser(ctx, 'find').parse(spec);
}

/** The stage `$project`: expressions, but none of the operators of find. */
export function compileProjectStage(spec: Document, ctx: EvalContext): Projection {
  if (Object.keys(spec).length === 0) {
    throw commandError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  }
  return new ProjectionParser(ctx, 'stage').parse(spec);
}

class ProjectionParser {
  private readonly tree = new Branch();
  private mode: 'include' | 'exclude' | undefined;
  private id: boolean | undefined;
  private picksElements = false;

  constructor(
    private readonly ctx: EvalContext,
    private readonly dialect: 'find' | 'stage',
  ) {}

  parse(spec: Document): Projection {
    for (const [name, value] of Object.entries(spec)) this.field(name, value);
    const mode = this.mode ?? (this.id === true || this.picksElements ? 'include' : 'exclude');
    if (mode === 'include' ? this.id !== false : this.id === false) {
      if (!this.tree.children.has('_id')) this.tree.insert('_id', { kind: mode });
    }
    const { tree } = this;
    return mode === 'include'
      ? (doc, matched) => tree.compute(tree.include(doc, matched), doc)
      : (doc, matched) => tree.exclude(doc, matched);
  }

  private field(path: string, value: unknown): void {
    const flag = flagOf(value);
    if (flag === undefined) this.fieldWithSpec(path, value);
    else if (path === '_id') this.id = flag;
    else this.flag(path, flag);
  }

  private flag(path: string, flag: boolean): void {
    if (this.dialect === 'find' && path.endsWith('.$')) {
      if (!flag) throw commandError(31395, 'positional projection cannot be used with exclusion');
      this.setMode('include', path);
      this.tree.insert(path.slice(0, -2), positionalLeaf());
      return;
    }
    const kind = flag ? 'include' : 'exclude';
    this.setMode(kind, path);
    this.tree.insert(path, { kind });
  }

  private setMode(mode: 'include' | 'exclude', path: string): void {
    if (this.mode !== undefined && this.mode !== mode) {
      throw mode === 'include'
        ? commandError(31253, `Cannot do inclusion on field ${path} in exclusion projection`)
        : commandError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
    }
    this.mode = mode;
  }

  private fieldWithSpec(path: string, value: unknown): void {
    const doc = asDocument(value);
    const [first] = Object.keys(doc ?? {});
    if (!doc || first?.startsWith('$')) return this.operator(path, value, first);
    if (first === undefined)
      throw commandError(51270, 'An empty sub-projection is not a valid value. Found empty object at path');
    for (const [name, child] of Object.entries(doc)) this.field(`${path}.${nameOf(name)}`, child);
  }

  private operator(path: string, value: unknown, operator: string | undefined): void {
    if (operator === '$meta') throw unsupported('$meta');
    const leaf = this.dialect === 'find' && operator ? this.findLeaf(operator, value as Document) : undefined;
    if (leaf) {
      this.tree.insert(path, leaf);
      return;
    }
    if (this.mode === 'exclude') {
      throw commandError(31252, `Cannot use expression other than $meta in exclusion projection`);
    }
    this.mode = 'include';
    this.tree.insert(path, { kind: 'computed', evaluate: compileExpression(value, this.ctx) });
  }

  private findLeaf(operator: string, spec: Document): Leaf | undefined {
    if (operator === '$slice') return sliceLeaf(spec.$slice);
    if (operator !== '$elemMatch') return undefined;
    this.picksElements = true;
    return elemMatchLeaf(spec.$elemMatch, this.ctx);
  }
}

/** Inclusion or exclusion; undefined for anything that has to be computed. */
function flagOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' || asNumeric(value) !== undefined ? isTruthy(value) : undefined;
}
