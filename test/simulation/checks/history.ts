import { canonicalJson, sharedFields, USERS, type JsonObject } from '@redis-mongo-sync/sync-core';
import type { StoreName } from '../engine/link.js';
import type { Doc, SimMongo } from '../stores/sim-mongo.js';
import { payloadOfDoc } from '../stores/sim-mongo.js';
import type { ExecutedWrite } from './observer.js';

interface Written extends ExecutedWrite {
  readonly store: StoreName;
  /** Redis was wiped before this reached Mongo: it may be lost. */
  excused: boolean;
}

/** What clients did, and what therefore must stand in the end. */
export class History {
  private readonly writes: Written[] = [];
  private readonly deposits = new Map<string, number>();

  add(store: StoreName, write: ExecutedWrite): void {
    this.writes.push({ ...write, store, excused: false });
  }

  deposited(id: string): void {
    this.deposits.set(id, (this.deposits.get(id) ?? 0) + 1);
  }

  /** Redis lost everything: what Mongo does not have by now may be gone. */
  wiped(mongo: SimMongo): void {
    for (const write of this.writes) {
      const there = mongo.byKey.get(write.key)?.version ?? 0;
      if (write.store === 'redis' && write.version > there) write.excused = true;
    }
  }

  /** What is wrong with Mongo's final documents, or null. */
  verdict(mongo: SimMongo): string | null {
    for (const key of new Set(this.writes.map((write) => write.key))) {
      const wrong = this.lostWrite(key, mongo.byKey.get(key));
      if (wrong) return wrong;
    }
    for (const doc of mongo.docs.values()) {
      const wallet = Number(doc.fields.wallet ?? 0);
      const deposits = this.deposits.get(doc.id) ?? 0;
      if (wallet !== deposits)
        return `I10: ${deposits} deposits into ${doc.key}, and ${wallet} in the wallet`;
    }
    return null;
  }

  /**
   * A write that is neither the final one, nor was overwritten in knowledge of it, nor stands in the conflict log.
   * Only in schedules without destruction: what was lost with a stream or with Redis cannot be kept.
   */
  unkept(mongo: SimMongo): string | null {
    const seen = new Set(
      this.writes.flatMap(({ key, before }) => (before ? [idOf(key, before.version, before.source)] : [])),
    );
    for (const { key, version, store } of this.writes) {
      const id = idOf(key, version, store);
      const last = mongo.byKey.get(key);
      const stands = last?.version === version && last.source === store;
      if (!stands && !seen.has(id) && !mongo.conflicts.has(id))
        return `I19: ${id} was lost, and is not in the conflict log`;
    }
    return null;
  }

  private lostWrite(key: string, doc: Doc | undefined): string | null {
    const own = this.writes.filter((write) => write.key === key);
    if (repeatsVersion(own)) return null;
    const winner = newest(own.filter(({ excused }) => !excused));
    if (!winner) return null;
    const stands = {
      version: doc?.version ?? 0,
      source: doc?.source,
      content: sharedContent(payloadOfDoc(doc)),
    };
    // Where Redis was wiped, a write that need not have survived may have; it wins if it is newer.
    const survivors = own.filter(({ version, excused }) => !excused || version > winner.version);
    const found = survivors.find(
      ({ version, store, payload }) =>
        version === stands.version && store === stands.source && sharedContent(payload) === stands.content,
    );
    if (!found) {
      return `I10: ${key} ended as ${stands.version} ${stands.source} ${stands.content}; written by no client that must win, which is ${winner.version} ${winner.store} ${winner.payload}`;
    }
    if (compare(found, winner) < 0)
      return `I10: ${key} version ${winner.version} of ${winner.store} was lost`;
    return null;
  }
}

/**
 * A wiped Redis does not know which versions it gave; within the same millisecond it gives one again. Then it can't
 * tell two writes apart, and there is nothing to be promised but equal stores.
 */
function repeatsVersion(own: readonly Written[]): boolean {
  const given = own.filter(({ store }) => store === 'redis').map(({ version }) => version);
  return new Set(given).size < given.length;
}

function newest(writes: readonly Written[]): Written | null {
  return writes.reduce<Written | null>(
    (best, write) => (best && compare(best, write) > 0 ? best : write),
    null,
  );
}

function compare(a: Written, b: Written): number {
  if (a.version !== b.version) return a.version - b.version;
  return Number(a.store === 'mongo') - Number(b.store === 'mongo');
}

function sharedContent(payload: string | null): string | null {
  return payload && canonicalJson(sharedFields(USERS, JSON.parse(payload) as JsonObject));
}

/** As `conflictIdOf` makes it. */
function idOf(key: string, version: number, source: StoreName): string {
  return `${USERS.name}:${key}:${version}:${source}`;
}
