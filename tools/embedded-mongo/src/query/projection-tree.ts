import { nameOf, propertyOf } from '../bson/index.js';
import { commandError } from '../errors.js';
import { asDocument, fieldOf, setField, type Document } from '../values/index.js';

/** What a projection does with one field. */
export type Leaf =
  | { kind: 'include' }
  | { kind: 'exclude' }
  /** The field is kept, changed; undefined leaves it out. For `$slice`, `$elemMatch` and `.$`. */
  | { kind: 'transform'; apply: (value: unknown, matchedArrayIndex: number | undefined) => unknown }
  | { kind: 'computed'; evaluate: (root: Document) => unknown };

export type Node = Leaf | Branch;

/** The fields a projection speaks of, as a tree. */
export class Branch {
  readonly kind = 'branch';
  readonly children = new Map<string, Node>();
  private computes = false;

  insert(path: string, leaf: Leaf, parts: readonly string[] = nameOf(path).split('.')): void {
    const [name = '', ...rest] = parts;
    checkName(name, path);
    const existing = this.children.get(name);
    this.computes ||= leaf.kind === 'computed';
    if (rest.length === 0) {
      if (existing) throw collision(path);
      this.children.set(name, leaf);
      return;
    }
    if (existing && existing.kind !== 'branch') throw collision(path);
    const branch = existing ?? new Branch();
    this.children.set(name, branch);
    branch.insert(path, leaf, rest);
  }

  /** Only the fields named. */
  include(doc: Document, matchedArrayIndex: number | undefined): Document {
    const out: Document = {};
    for (const name of Object.keys(doc)) {
      const child = this.children.get(nameOf(name));
      if (!child) continue;
      const value = includeValue(child, doc[name], matchedArrayIndex);
      if (value !== undefined) setField(out, name, value);
    }
    return out;
  }

  /** All but the fields named. */
  exclude(doc: Document, matchedArrayIndex: number | undefined): Document {
    const out: Document = {};
    for (const name of Object.keys(doc)) {
      const child = this.children.get(nameOf(name));
      const value = child ? excludeValue(child, doc[name], matchedArrayIndex) : doc[name];
      if (value !== undefined) setField(out, name, value);
    }
    return out;
  }

  /** A copy of the document with the computed fields set (or removed, where nothing is computed). */
  compute(doc: Document, root: Document): Document {
    if (!this.computes) return doc;
    const out = { ...doc };
    for (const [name, child] of this.children) {
      if (child.kind === 'computed') {
        const value = child.evaluate(root);
        if (value === undefined) delete out[propertyOf(name)];
        else setField(out, name, value);
      } else if (child.kind === 'branch' && child.computes) {
        setField(out, name, child.computeIn(fieldOf(out, name), root));
      }
    }
    return out;
  }

  /** Inside arrays each element gets the fields; anything that is no document is replaced by one. */
  private computeIn(value: unknown, root: Document): unknown {
    if (Array.isArray(value)) return value.map((item) => this.computeIn(item, root));
    return this.compute(asDocument(value) ?? {}, root);
  }
}

function includeValue(node: Node, value: unknown, matched: number | undefined): unknown {
  switch (node.kind) {
    case 'include':
      return value;
    case 'transform':
      return node.apply(value, matched);
    case 'exclude':
    case 'computed':
      return undefined;
    case 'branch': {
      if (Array.isArray(value)) {
        return value.map((item) => includeValue(node, item, matched)).filter((item) => item !== undefined);
      }
      const doc = asDocument(value);
      return doc && node.include(doc, matched);
    }
  }
}

function excludeValue(node: Node, value: unknown, matched: number | undefined): unknown {
  switch (node.kind) {
    case 'exclude':
      return undefined;
    case 'transform':
      return node.apply(value, matched);
    case 'include':
    case 'computed':
      return value;
    case 'branch': {
      if (Array.isArray(value)) return value.map((item) => excludeValue(node, item, matched));
      const doc = asDocument(value);
      return doc ? node.exclude(doc, matched) : value;
    }
  }
}

function checkName(name: string, path: string): void {
  if (name === '') {
    throw path === ''
      ? commandError(40352, 'FieldPath cannot be constructed with empty string')
      : commandError(15998, 'FieldPath field names may not be empty strings.');
  }
  if (name.startsWith('$') && !['$ref', '$id', '$db'].includes(name)) {
    throw commandError(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
    );
  }
}

const collision = (path: string): Error => commandError(31250, `Path collision at ${path}`);
