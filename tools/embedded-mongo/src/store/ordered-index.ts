import { nameOf } from '../bson/index.js';
import { compileFilter, type Filter } from '../query/index.js';
import { keyString, parseCollation, splitPath, type Collation, type Document } from '../values/index.js';
import { indexKeys, type IndexKey } from './index-keys.js';
import type { IndexSpec } from './index-spec.js';
import { compareKeys, positionInRange, type KeyOrder, type KeyRange } from './key-range.js';
import { SortedList } from './sorted-list.js';

interface Entry {
  key: IndexKey;
  id: string;
}

/** An index in key order; documents are named by the key string of their `_id`. */
export class OrderedIndex {
  readonly fields: readonly string[];
  readonly collation: Collation | undefined;
  readonly order: KeyOrder;
  /** True once any document had an array at an indexed path, as MongoDB remembers it. */
  multikey = false;
  private readonly paths: readonly (readonly string[])[];
  private readonly partial: Filter | undefined;
  private readonly entries: SortedList<Entry>;

  constructor(readonly spec: IndexSpec) {
    this.fields = Object.keys(spec.key).map(nameOf);
    this.paths = this.fields.map((field) => splitPath(field));
    this.collation = parseCollation(spec.collation);
    this.order = {
      directions: Object.values(spec.key).map((direction) => (direction < 0 ? -1 : 1)),
      collation: this.collation,
    };
    if (spec.partialFilterExpression) {
      this.partial = compileFilter(spec.partialFilterExpression, { now: new Date(0) });
    }
    this.entries = new SortedList((a, b) => compareKeys(a.key, b.key, this.order) || compareText(a.id, b.id));
  }

  get size(): number {
    return this.entries.size;
  }

  /** The keys of a document, each once; none when the index leaves the document out. */
  keysOf(doc: Document): IndexKey[] {
    if (this.partial && !this.partial(doc)) return [];
    const { keys, multikey } = indexKeys(doc, this.paths);
    const kept = this.spec.sparse ? keys.filter((key) => key.some((part) => part !== undefined)) : keys;
    if (!multikey) return kept;
    this.multikey = true;
    return [...new Map(kept.map((key) => [keyString(key, this.collation), key])).values()];
  }

  /** Takes these documents in place of what it held: much faster than one by one. */
  build(docs: Iterable<[id: string, doc: Document]>): void {
    const entries: Entry[] = [];
    for (const [id, doc] of docs) for (const key of this.keysOf(doc)) entries.push({ key, id });
    this.entries.fill(entries);
  }

  /** A key that two documents share, if there is one. */
  firstDuplicate(): IndexKey | undefined {
    let previous: Entry | undefined;
    for (const entry of this.entries.ascending()) {
      if (previous && previous.id !== entry.id && this.sameKey(previous.key, entry.key)) return entry.key;
      previous = entry;
    }
    return undefined;
  }

  add(id: string, doc: Document): void {
    for (const key of this.keysOf(doc)) this.entries.add({ key, id });
  }

  remove(id: string, doc: Document): void {
    for (const key of this.keysOf(doc)) this.entries.delete({ key, id });
  }

  replace(id: string, before: Document, after: Document): void {
    const old = this.keysOf(before);
    const next = this.keysOf(after);
    if (old.length === next.length && old.every((key, i) => this.sameKey(key, next[i] ?? []))) return;
    for (const key of old) this.entries.delete({ key, id });
    for (const key of next) this.entries.add({ key, id });
  }

  /** The documents that stand under exactly this key. */
  *withKey(key: IndexKey): Generator<string> {
    yield* this.scan({ equal: key }, false);
  }

  /** Document keys in index order; on a multikey index a document may come up more than once. */
  *scan(range: KeyRange, descending: boolean): Generator<string> {
    const position = (entry: Entry) => positionInRange(entry.key, range, this.order);
    const entries = descending
      ? this.entries.descending((entry) => position(entry) > 0)
      : this.entries.ascending((entry) => position(entry) >= 0);
    for (const entry of entries) {
      if (position(entry) !== 0) return;
      yield entry.id;
    }
  }

  isWithin(key: IndexKey, range: KeyRange): boolean {
    return positionInRange(key, range, this.order) === 0;
  }

  sameKey(a: IndexKey, b: IndexKey): boolean {
    return compareKeys(a, b, this.order) === 0;
  }
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
