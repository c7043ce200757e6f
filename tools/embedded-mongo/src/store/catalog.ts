import { commandError } from '../errors.js';
import type { Change } from './change.js';
import { Collection, type CollectionName } from './collection.js';

export type Undo = () => void;
type DataChange = Extract<Change, { key: string }>;

/** All collections by database and name, and the one place where a change is applied to them. */
export class Catalog {
  private readonly databases = new Map<string, Map<string, Collection>>();

  get({ db, name }: CollectionName): Collection | undefined {
    return this.databases.get(db)?.get(name);
  }

  databaseNames(): string[] {
    return [...this.databases].filter(([, collections]) => collections.size > 0).map(([name]) => name);
  }

  collectionsOf(db: string): Collection[] {
    return [...(this.databases.get(db)?.values() ?? [])];
  }

  *all(): Generator<Collection> {
    for (const collections of this.databases.values()) yield* collections.values();
  }

  attach(collection: Collection): void {
    const { db, name } = collection.at;
    const collections = this.databases.get(db) ?? new Map<string, Collection>();
    this.databases.set(db, collections.set(name, collection));
  }

  detach({ db, name }: CollectionName): void {
    this.databases.get(db)?.delete(name);
  }

  /** Applies a change and tells how to take it back. Takes every change a second time without harm. */
  apply(change: Change): Undo {
    switch (change.op) {
      case 'insert':
      case 'update':
      case 'delete':
        return this.applyData(change);
      case 'create':
        return this.create(change);
      case 'drop':
        return this.drop(change.at);
      case 'rename':
        return this.rename(change.at, change.to);
      case 'createIndexes':
        return this.createIndexes(change);
      case 'dropIndexes':
        return this.dropIndexes(change);
      case 'modify':
        return this.modify(change);
      case 'dropDatabase':
      case 'noop':
        return () => undefined;
    }
  }

  private applyData(change: DataChange): Undo {
    const collection = this.existing(change.at);
    const before = collection.docs.get(change.key);
    if (change.op === 'delete') collection.delete(change.key);
    else collection.put(change.key, change.doc);
    return () => {
      if (before) collection.put(change.key, before);
      else collection.delete(change.key);
    };
  }

  private create({ at, uuid, options }: Extract<Change, { op: 'create' }>): Undo {
    if (this.get(at)) return () => undefined;
    this.attach(new Collection(at, uuid, options));
    return () => {
      this.detach(at);
    };
  }

  private drop(at: CollectionName): Undo {
    const collection = this.get(at);
    this.detach(at);
    return () => {
      if (collection) this.attach(collection);
    };
  }

  private rename(from: CollectionName, to: CollectionName): Undo {
    const collection = this.get(from);
    if (!collection) return () => undefined;
    const replaced = this.get(to);
    const move = (source: CollectionName, target: CollectionName) => {
      this.detach(source);
      collection.at = target;
      this.attach(collection);
    };
    move(from, to);
    return () => {
      move(to, from);
      if (replaced) this.attach(replaced);
    };
  }

  private createIndexes({ at, indexes }: Extract<Change, { op: 'createIndexes' }>): Undo {
    const collection = this.existing(at);
    const added = indexes.filter((spec) => !collection.indexes.has(spec.name));
    for (const spec of added) collection.addIndex(spec);
    return () => {
      for (const spec of added) collection.indexes.delete(spec.name);
    };
  }

  private dropIndexes({ at, indexes }: Extract<Change, { op: 'dropIndexes' }>): Undo {
    const collection = this.existing(at);
    for (const spec of indexes) collection.indexes.delete(spec.name);
    return () => {
      for (const spec of indexes) collection.addIndex(spec);
    };
  }

  private modify({ at, options, index }: Extract<Change, { op: 'modify' }>): Undo {
    const collection = this.existing(at);
    const before = collection.options;
    collection.options = options;
    const old = index && collection.indexes.get(index.name)?.spec;
    if (index) collection.addIndex(index);
    return () => {
      collection.options = before;
      if (old) collection.addIndex(old);
    };
  }

  private existing(at: CollectionName): Collection {
    const collection = this.get(at);
    if (!collection) throw commandError(26, `ns not found ${at.db}.${at.name}`);
    return collection;
  }
}
