import { pickFields, type JsonObject } from '@redis-mongo-sync/sync-core';
import type { SimWorld } from '../engine/sim-world.js';
import { keptFields, type Doc, type DocContent } from '../stores/doc.js';
import type { SimMongo } from '../stores/sim-mongo.js';
import { oddStamps } from './odd-stamps.js';

export const OUTSIDER_OPS = [
  'edit',
  'replace',
  'erase',
  'restore',
  'rekey',
  'odd-stamp',
  'swap',
  'hand-over',
  'insert-again',
  'spoil-key',
  'mend-key',
  'purge',
] as const;
export type OutsiderOp = (typeof OUTSIDER_OPS)[number];

export interface OutsiderCommand<T = OutsiderOp> {
  readonly op: T;
  readonly key: string;
  readonly to: string;
  /** Which of the older states, odd stamps, fields or ways it is. */
  readonly pick: number;
}

const FIELDS = ['name', 'nick', 'wallet', 'city'];

/** People and programs that write into Mongo and know nothing of versions. */
export class Outsiders {
  private count = 0;

  constructor(
    private readonly world: SimWorld,
    private readonly mongo: SimMongo,
  ) {}

  /** Whether there was something to do. */
  act({ op, key, to, pick }: OutsiderCommand): boolean {
    this.count += 1;
    const doc = this.mongo.at(key);
    switch (op) {
      case 'edit':
        return this.edit(doc, FIELDS[pick % FIELDS.length] ?? 'name');
      case 'replace':
        return this.replace(doc, key);
      case 'erase':
        if (doc) this.mongo.erase(doc);
        return doc !== undefined;
      case 'restore':
        return this.restore(key, pick);
      case 'rekey':
        return key !== to && !this.mongo.isTaken(to) && this.change(doc, { email: to });
      case 'odd-stamp':
        return this.stampOddly(doc, pick);
      case 'swap':
        return this.swap(doc, this.mongo.at(to));
      case 'hand-over':
        return this.handOver(doc, this.mongo.at(to), pick);
      case 'insert-again':
        return this.insertAgain(key, pick);
      case 'spoil-key':
        return this.spoilKey(doc, pick);
      case 'mend-key':
        return this.mendKey(key, pick);
      case 'purge': {
        const grave = this.mongo.tombstones.get(key);
        if (grave) this.mongo.unbury(grave);
        return grave !== undefined;
      }
    }
  }

  /** A balance is Mongo's own: its clients move the version, others may not. */
  private edit(doc: Doc | undefined, field: string): boolean {
    return this.change(doc, { [field]: field === 'wallet' ? 1_000 + this.count : `o${this.count}` });
  }

  private replace(doc: Doc | undefined, key: string): boolean {
    const kept = keptFields(this.mongo.entity, doc?.fields ?? {});
    const fields = { ...kept, email: key, name: `o${this.count}` };
    return this.put({ id: doc?.id ?? this.mongo.newId(), fields }, undefined);
  }

  /** Puts an older state of some document back, stamp and all. */
  private restore(key: string, pick: number): boolean {
    const present = this.mongo.at(key);
    const copy = this.copyOf(key, pick);
    if (!copy || (present === undefined && this.mongo.docs.has(copy.id))) return false;
    const fields = { ...copy.fields, ...keptFields(this.mongo.entity, (present ?? copy).fields) };
    return this.put({ id: present?.id ?? copy.id, fields }, copy);
  }

  private stampOddly(doc: Doc | undefined, pick: number): boolean {
    const stamps = oddStamps(this.world.now);
    const odd = stamps[pick % stamps.length];
    if (!doc || !odd) return false;
    this.put(doc, odd);
    const isTaken = this.mongo.docs.get(doc.id)?.version !== null;
    if (isTaken !== odd.isOne)
      this.world.violated(`I8: ${JSON.stringify(odd.stamp)} was taken for ${isTaken ? 'a stamp' : 'none'}`);
    return true;
  }

  /** Three updates in one transaction. */
  private swap(a: Doc | undefined, b: Doc | undefined): boolean {
    if (!a || !b || a.id === b.id) return false;
    this.change(a, { email: `aside-${this.count}@example.org` });
    this.change(b, { email: a.fields.email ?? null });
    return this.change(this.mongo.docs.get(a.id), { email: b.fields.email ?? null });
  }

  /** A key is freed and given to another document: which one loses its key, or is deleted. */
  private handOver(from: Doc | undefined, to: Doc | undefined, pick: number): boolean {
    if (!from || !to || from.id === to.id) return false;
    if (pick % 2 === 0) this.mongo.erase(from);
    else this.put({ id: from.id, fields: pickFields(from.fields, (field) => field !== 'email') }, from);
    return this.change(to, { email: from.fields.email ?? null });
  }

  /** A key that has been deleted is inserted once more: without a stamp, or with the one that it had. */
  private insertAgain(key: string, pick: number): boolean {
    if (this.mongo.isTaken(key)) return false;
    const copy = this.copyOf(key, pick);
    const fields = { email: key, name: `o${this.count}` };
    return this.put({ id: this.mongo.newId(), fields }, pick % 2 === 0 ? undefined : copy);
  }

  private spoilKey(doc: Doc | undefined, pick: number): boolean {
    if (!doc) return false;
    const without = pickFields(doc.fields, (field) => field !== 'email');
    const keys = [
      undefined,
      this.count,
      `Odd-${this.count}@Example.org `,
      { $oid: 'x' },
      `nothing ${this.count}`,
    ];
    const email = keys[pick % keys.length];
    return this.put({ id: doc.id, fields: email === undefined ? without : { ...without, email } }, doc);
  }

  private mendKey(key: string, pick: number): boolean {
    const spoilt = [...this.mongo.docs.values()].filter((doc) => doc.key === null);
    const doc = spoilt[pick % Math.max(1, spoilt.length)];
    return !this.mongo.isTaken(key) && this.change(doc, { email: key });
  }

  private copyOf(key: string, pick: number): Doc | undefined {
    const copies = this.mongo.past.filter((doc) => doc.key === key);
    return copies[pick % Math.max(1, copies.length)];
  }

  private change(doc: Doc | undefined, fields: JsonObject): boolean {
    return doc !== undefined && this.put({ id: doc.id, fields: { ...doc.fields, ...fields } }, doc);
  }

  /** Writes the fields that differ; the stamp is that of `stamped`. */
  private put(
    { id, fields }: Pick<DocContent, 'id' | 'fields'>,
    stamped: { readonly stamp?: DocContent['stamp'] } | undefined,
  ): boolean {
    const { mongo } = this;
    if (mongo.isTaken(fields[mongo.entity.keyField], id)) return false;
    const before = mongo.docs.get(id) ?? { fields: {}, bytes: {} };
    const unset = Object.keys(before.fields).filter((field) => !(field in fields));
    mongo.put({ id, ...mongo.written(before, fields, unset), stamp: stamped?.stamp }, { by: 'outsider' });
    return true;
  }
}
