import type {
  BurialRequest,
  EntityDefinition,
  MongoAuthority,
  MongoImage,
  Stamp,
  StampRequest,
} from '@redis-mongo-sync/sync-core';
import type { Link } from '../engine/link.js';
import { imageOf, imageOfTombstone, isRecord, seenIn, type Doc } from './doc.js';
import type { SimMongo } from './sim-mongo.js';

export class SimAuthority implements MongoAuthority {
  constructor(
    private readonly mongo: SimMongo,
    private readonly link: Link,
  ) {}

  /** Documents first: what is removed between the two looks has its tombstone by the second one. */
  async current(entity: EntityDefinition, keys: readonly string[]): Promise<ReadonlyMap<string, MongoImage>> {
    const { mongo } = this;
    const images = await this.link.call('current', () => {
      const docs = keys.map((key) => mongo.at(key)).filter((doc) => doc !== undefined);
      return new Map(docs.map((doc): [string, MongoImage] => [doc.key, imageOf(entity, doc)]));
    });
    const left = keys.filter((key) => !images.has(key));
    if (left.length === 0) return images;
    await this.link.call('graves', () => {
      for (const key of left) {
        const tombstone = mongo.tombstones.get(key);
        if (tombstone) images.set(key, imageOfTombstone(tombstone));
      }
    });
    return images;
  }

  tombstones(_entity: EntityDefinition, keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { mongo } = this;
    return this.link.call('tombstones', () => {
      return new Map(
        keys.flatMap((key) => mongo.tombstones.get(key) ?? []).map(({ key, version }) => [key, version]),
      );
    });
  }

  /** A bulk is not atomic: others may write between its documents. */
  async stamp(_entity: EntityDefinition, requests: readonly StampRequest[]): Promise<void> {
    for (const request of requests) await this.link.call('stamp', () => this.stampOne(request));
  }

  /** Tombstone and document are in two collections: who puts the one looks at the other afterwards. */
  async bury(entity: EntityDefinition, { key, floor, gone }: BurialRequest): Promise<'buried' | 'taken'> {
    const { mongo } = this;
    if (await this.link.call('look', () => mongo.at(key) !== undefined)) return 'taken';
    const version = await this.link.call('bury', () => this.putTombstone(key, floor, gone));
    const found = await this.link.call('look again', () => mongo.at(key));
    if (!found) return 'buried';
    if (found.version !== null && found.version <= version)
      await this.stamp(entity, [{ id: found.id, seen: found.version, floor: version }]);
    return 'taken';
  }

  private stampOne({ id, seen, floor, fields, merge }: StampRequest): void {
    const { mongo } = this;
    const doc = mongo.docs.get(id);
    const { mutation } = mongo.world;
    if (doc?.version !== seen || mutation === 'no-stamping') return;
    if (mutation === 'preferred-not-stamped' && fields?.length === 0) return;
    const stamp = { version: mongo.nextVersion(Math.max(floor, seen ?? 0)), source: 'mongo' } as const;
    const kept = mongo.stamp(stamp, doc.fieldVersions, fields, merge);
    const after = mongo.put({ ...doc, stamp: kept }, { by: 'stamp', over: seen });
    if (isRecord(after)) this.derived(after, doc);
  }

  private derived(after: Doc & { readonly key: string }, doc: Doc): void {
    const before = seenIn(this.mongo.entity, doc);
    this.mongo.observer.derived({ key: after.key, ...seenIn(this.mongo.entity, after), before }, [before]);
  }

  /** Returns the version of the tombstone that is there then. */
  private putTombstone(key: string, floor: number, gone: number): number {
    const { mongo } = this;
    const there = mongo.tombstones.get(key);
    if (there && there.version > gone) return there.version;
    const version = mongo.nextVersion(Math.max(floor, gone, there?.version ?? 0));
    const stamp: Stamp = { version, source: 'mongo' };
    mongo.bury({ key, ...stamp, owned: there?.owned ?? {} });
    const before = there ? { version: there.version, source: there.source, fields: null } : null;
    mongo.observer.derived({ key, ...stamp, before, fields: null }, before ? [before] : []);
    return version;
  }
}
