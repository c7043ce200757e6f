import { keptFields, type Doc, type SimMongo } from '../stores/sim-mongo.js';

export const OUTSIDER_OPS = ['edit', 'replace', 'erase', 'restore', 'rekey'] as const;
export type OutsiderOp = (typeof OUTSIDER_OPS)[number];

export interface OutsiderCommand {
  readonly op: OutsiderOp;
  readonly key: string;
  readonly to: string;
  /** Which of the older states is put back. */
  readonly pick: number;
}

/** People and programs that write into Mongo and know nothing of versions. */
export class Outsiders {
  private count = 0;

  constructor(private readonly mongo: SimMongo) {}

  /** Whether there was something to do. */
  act({ op, key, to, pick }: OutsiderCommand): boolean {
    this.count += 1;
    const doc = this.mongo.byKey.get(key);
    const name = `o${this.count}`;
    switch (op) {
      case 'edit':
        return doc !== undefined && !doc.deleted && this.put({ ...doc, fields: { ...doc.fields, name } });
      case 'replace': {
        const fields = { ...keptFields(doc), email: key, name };
        const id = doc?.id ?? this.mongo.newId();
        return this.put({ id, key, version: null, source: 'mongo', deleted: false, fields });
      }
      case 'erase':
        if (doc) this.mongo.erase(doc);
        return doc !== undefined;
      case 'restore':
        return this.restore(key, pick);
      case 'rekey':
        if (!doc || doc.deleted || key === to || this.mongo.byKey.has(to)) return false;
        return this.put({ ...doc, key: to, fields: { ...doc.fields, email: to } });
    }
  }

  /** Puts an older state of some document back, version and all. */
  private restore(key: string, pick: number): boolean {
    const present = this.mongo.byKey.get(key);
    const copies = this.mongo.past.filter((doc) => doc.key === key);
    const copy = copies[pick % Math.max(1, copies.length)];
    if (!copy || (present === undefined && this.mongo.docs.has(copy.id))) return false;
    const fields = { ...copy.fields, ...keptFields(present ?? copy) };
    return this.put({ ...copy, id: present?.id ?? copy.id, fields });
  }

  private put(doc: Doc): boolean {
    this.mongo.put(doc, 'outsider');
    return true;
  }
}
