import { canonicalJson, sharedFields, type EntityDefinition, type Stamp } from '@redis-mongo-sync/sync-core';
import { shownIn } from '../stores/doc.js';
import type { SimMongo } from '../stores/sim-mongo.js';
import type { ExecutedWrite, Fields } from './observer.js';

/** A version of a record that was made; by a client, or by the protocol on behalf of what it is built on. */
export interface Written extends ExecutedWrite {
  readonly isDerived: boolean;
  readonly builtOn: readonly Stamp[];
  /** Redis was wiped before this reached Mongo: it may be lost. */
  excused: boolean;
}

/** What clients did, and what therefore must stand in the end. */
export class History {
  readonly writes: Written[] = [];
  private readonly excused = new Set<string>();
  private readonly deposits = new Map<string, number>();

  add(write: ExecutedWrite, also?: Stamp): void {
    const builtOn = [write.before, also].filter((stamp) => stamp != null);
    this.writes.push({ ...write, isDerived: false, builtOn, excused: false });
  }

  addDerived(write: ExecutedWrite, builtOn: readonly Stamp[]): void {
    this.writes.push({ ...write, isDerived: true, builtOn, excused: false });
  }

  /** The writes of records of which something is promised. */
  judged(): readonly Written[] {
    return this.excused.size === 0 ? this.writes : this.writes.filter(({ key }) => !this.excused.has(key));
  }

  undo(key: string, stamp: Stamp): void {
    const index = this.writes.findLastIndex(
      (write) => write.isDerived && idOf(write.key, write) === idOf(key, stamp),
    );
    if (index >= 0) this.writes.splice(index, 1);
  }

  /** A record of which nothing is promised. */
  excuse(key: string): void {
    this.excused.add(key);
  }

  deposited(account: string): void {
    const name = JSON.stringify(account);
    this.deposits.set(name, (this.deposits.get(name) ?? 0) + 1);
  }

  /** Redis lost everything: what Mongo does not have by now may be gone. */
  wiped(mongo: SimMongo): void {
    for (const write of this.writes) {
      if (write.source === 'redis' && write.version > lastVersion(mongo, write.key)) write.excused = true;
    }
  }

  /** What is wrong with the balances, or null. */
  balances(mongo: SimMongo): string | null {
    const held = [
      ...[...mongo.docs.values()].map(({ key, fields }) => ({ key, owned: fields })),
      ...[...mongo.tombstones.values()].filter(({ key }) => !mongo.at(key)),
    ];
    for (const { key, owned } of held) {
      if (key !== null && this.excused.has(key)) continue;
      const wallet = Number(owned.wallet ?? 0);
      const deposits = this.deposits.get(JSON.stringify(owned.account)) ?? 0;
      if (wallet !== deposits) return `I10: ${deposits} deposits into ${key}, and ${wallet} in the wallet`;
    }
    return null;
  }

  /** A newest write that does not stand, or null. */
  lost(mongo: SimMongo): string | null {
    for (const key of new Set(this.judged().map((write) => write.key))) {
      const wrong = this.lostWrite(key, mongo);
      if (wrong) return wrong;
    }
    return null;
  }

  /**
   * A write that is neither the final one, nor was overwritten in knowledge of it, nor stands in the conflict log.
   * Only in schedules without destruction: what was lost with a stream or with Redis cannot be kept.
   */
  unkept(mongo: SimMongo, isMeant: (write: Written) => boolean = () => true): string | null {
    const seen = new Set(this.writes.flatMap(({ key, builtOn }) => builtOn.map((stamp) => idOf(key, stamp))));
    const kept = new Set([...mongo.conflicts.values()].map(({ key, loser }) => idOf(key, loser)));
    // What the protocol made on behalf of versions that stand for themselves, or in something else, is nobody's loss.
    const others = (write: Written) =>
      new Set(this.writes.flatMap((one) => (one === write ? [] : builtOnBy(one))));
    const isAnswered = (write: Written) => {
      if (!write.isDerived) return false;
      const elsewhere = others(write);
      return builtOnBy(write).every((id) => elsewhere.has(id) || kept.has(id));
    };
    for (const write of this.judged().filter(isMeant)) {
      const id = idOf(write.key, write);
      if (!isLast(mongo, write) && !seen.has(id) && !kept.has(id) && !isAnswered(write))
        return `I19: ${id} was lost, and is not in the conflict log`;
    }
    return null;
  }

  private lostWrite(key: string, mongo: SimMongo): string | null {
    const own = this.writes.filter((write) => write.key === key);
    if (repeatsVersion(own)) return null;
    const winner = newest(own.filter(({ excused }) => !excused));
    if (!winner) return null;
    const { entity } = mongo;
    const content = contentOf(entity, lastFields(mongo, key));
    // Where Redis was wiped, a write that need not have survived may have; it wins if it is newer.
    const survivors = own.filter(({ version, excused }) => !excused || version > winner.version);
    const found = survivors.find(
      (write) => isLast(mongo, write) && contentOf(entity, write.fields) === content,
    );
    if (!found) {
      const stands = `${lastVersion(mongo, key)} ${content}`;
      const must = `${winner.version} ${winner.source} ${contentOf(entity, winner.fields)}`;
      return `I10: ${key} ended as ${stands}; written by no client that must win, which is ${must}`;
    }
    if (compare(found, winner) < 0)
      return `I10: ${key} version ${winner.version} of ${winner.source} was lost`;
    return null;
  }
}

/** What Mongo shows of a record; `null`: nothing. */
export function lastFields(mongo: SimMongo, key: string): Fields {
  const doc = mongo.at(key);
  return doc ? shownIn(mongo.entity, doc) : null;
}

function lastVersion(mongo: SimMongo, key: string): number {
  return mongo.at(key)?.version ?? mongo.tombstones.get(key)?.version ?? 0;
}

/** Whether it is what stands in Mongo. */
function isLast(mongo: SimMongo, { key, version, source }: Written): boolean {
  const last = mongo.at(key) ?? mongo.tombstones.get(key);
  return last?.version === version && last.source === source;
}

/**
 * A wiped Redis does not know which versions it gave; within the same millisecond it gives one again. Then it can't
 * tell two writes apart, and there is nothing to be promised but equal stores.
 */
function repeatsVersion(own: readonly Written[]): boolean {
  const given = own.filter(({ source }) => source === 'redis').map(({ version }) => version);
  return new Set(given).size < given.length;
}

function newest(writes: readonly Written[]): Written | null {
  return writes.reduce<Written | null>(
    (best, write) => (best && compare(best, write) > 0 ? best : write),
    null,
  );
}

function compare(a: Stamp, b: Stamp): number {
  if (a.version !== b.version) return a.version - b.version;
  return Number(a.source === 'mongo') - Number(b.source === 'mongo');
}

function contentOf(entity: EntityDefinition, fields: Fields): string | null {
  return fields && canonicalJson(sharedFields(entity, fields));
}

function builtOnBy({ key, builtOn }: Written): readonly string[] {
  return builtOn.map((stamp) => idOf(key, stamp));
}

function idOf(key: string, { version, source }: Stamp): string {
  return `${key} at ${version} of ${source}`;
}
