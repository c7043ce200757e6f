import type { UUID } from 'bson';
import { compileFilter, type Filter } from '../query/index.js';
import { keyString, parseCollation, type Collation, type Document } from '../values/index.js';
import { ID_INDEX, type IndexSpec } from './index-spec.js';
import { OrderedIndex } from './ordered-index.js';

/** The options of `create`/`collMod` that are kept and shown by `listCollections`. */
export interface CollectionOptions {
  collation?: Document;
  validator?: Document;
  validationLevel?: string;
  validationAction?: string;
  changeStreamPreAndPostImages?: { enabled: boolean };
}

export interface CollectionName {
  db: string;
  name: string;
}

/** Documents in insertion order under the key string of their `_id`, and their indexes. */
export class Collection {
  readonly docs = new Map<string, Document>();
  readonly indexes = new Map<string, OrderedIndex>([[ID_INDEX.name, new OrderedIndex(ID_INDEX)]]);
  readonly collation: Collation | undefined;
  private validator: Filter | undefined;
  private current: CollectionOptions = {};

  constructor(
    public at: CollectionName,
    readonly uuid: UUID,
    options: CollectionOptions = {},
  ) {
    this.options = options;
    this.collation = parseCollation(options.collation);
    if (options.collation) {
      this.indexes.set(ID_INDEX.name, new OrderedIndex({ ...ID_INDEX, collation: options.collation }));
    }
  }

  get ns(): string {
    return `${this.at.db}.${this.at.name}`;
  }

  get options(): CollectionOptions {
    return this.current;
  }

  set options(options: CollectionOptions) {
    this.current = options;
    const { validator, collation } = options;
    this.validator = undefined;
    if (validator && Object.keys(validator).length > 0) {
      const parsed = parseCollation(collation);
      this.validator = compileFilter(validator, { now: new Date(), ...(parsed && { collation: parsed }) });
    }
  }

  get keepsImages(): boolean {
    return this.current.changeStreamPreAndPostImages?.enabled === true;
  }

  keyOf(id: unknown): string {
    return keyString(id, this.collation);
  }

  /** `moderate` validation lets an update of a document that was invalid before pass. */
  accepts(doc: Document, previous?: Document): boolean {
    const { validationLevel: level, validationAction: action } = this.current;
    if (!this.validator || level === 'off' || action === 'warn' || this.validator(doc)) return true;
    return level === 'moderate' && previous !== undefined && !this.validator(previous);
  }

  /** Throws what would keep a document out of an index, before any of them has changed. */
  assertIndexable(doc: Document): void {
    for (const index of this.indexes.values()) if (index.fields.length > 1) index.keysOf(doc);
  }

  put(key: string, doc: Document): void {
    const before = this.docs.get(key);
    for (const index of this.indexes.values()) {
      if (!before) index.add(key, doc);
      else if (index.spec.name !== ID_INDEX.name) index.replace(key, before, doc);
    }
    this.docs.set(key, doc);
  }

  delete(key: string): void {
    const before = this.docs.get(key);
    if (!before) return;
    for (const index of this.indexes.values()) index.remove(key, before);
    this.docs.delete(key);
  }

  addIndex(spec: IndexSpec): OrderedIndex {
    const index = new OrderedIndex(spec);
    index.build(this.docs);
    this.indexes.set(spec.name, index);
    return index;
  }
}
