import type { JsonObject } from '@redis-mongo-sync/sync-core';
import type { Random } from '@redis-mongo-sync/testing';

export type Via = 'mongo-first' | 'redis-first' | 'fcall' | 'outsider' | 'odd' | 'wallet';
export type Kind = 'upsert' | 'replace' | 'merge' | 'delete';

/**
 * What outsiders do that no client of the product would: documents with values of all types, ids of all types, documents
 * of up to 900 KiB, something else in the place of a stamp, two documents that swap their keys, a key that is used again,
 * a key that becomes unusable or usable again.
 */
export const ODD_KINDS = ['values', 'ids', 'big', 'stamp', 'swap', 'reuse', 'unusable'] as const;
export type OddKind = (typeof ODD_KINDS)[number];

/** One thing a client means to do. Everything in it follows from the seed and its number. */
export interface Operation {
  /** Stands in the record as `op`: the record says which write made it what it is. */
  readonly name: string;
  readonly via: Via;
  readonly kind: Kind;
  readonly key: string;
  /** Fields that are set. */
  readonly set: JsonObject;
  /** Sent again after its answer, with the same operation id, as a client does that lost the answer. */
  readonly repeat: boolean;
  /** Wallet: the amount. */
  readonly delta: number;
  readonly odd?: OddKind;
}

const HOT_KEYS = 8;
const COLD_KEYS = 2_000;
const OUTSIDER_KEYS = 20;
export const WALLETS = 10;

/** Keys by what may happen to them; the comparison knows from the key what can be expected. */
export const keys = {
  /** Written by clients on both sides, all the time. */
  hot: (n: number) => `hot${n}@chaos.example`,
  cold: (n: number) => `cold${n}@chaos.example`,
  /** Written once, never again: a loss cannot hide behind a later write. */
  once: (n: number) => `once${n}@chaos.example`,
  /** Written by clients, and by outsiders straight into Mongo. */
  mixed: (n: number) => `mixed${n}@chaos.example`,
  wallet: (n: number) => `wallet${n}@chaos.example`,
  /** Written once by an outsider, with values of all types; clients in Redis change another field. */
  typed: (n: number) => `typed${n}@chaos.example`,
  /** Two outsiders' documents that swap their keys, again and again. */
  swap: (n: number) => `swap${n}@chaos.example`,
} as const;

export function isMixed(key: string): boolean {
  return key.startsWith('mixed');
}

/** Keys that outsiders take from documents or documents from: without pre-images nobody can tell which record that was. */
export function leavesNoTrace(key: string): boolean {
  return /^(mixed|swap|between|unusable|reuse)\d/.test(key);
}

export function operation(random: Random, n: number): Operation {
  const name = `w${n}`;
  const base = { name, set: contentOf(random, n), repeat: random.chance(0.1), delta: 1 + random.below(100) };
  if (random.chance(0.05))
    return { ...base, via: 'wallet', kind: 'merge', key: keys.wallet(random.below(WALLETS)) };
  if (random.chance(0.06)) return { ...base, ...oddOperation(random, n) };
  const via = viaOf(random);
  if (random.chance(0.3)) return { ...base, via, kind: 'upsert', key: keys.once(n) };
  const key = via === 'outsider' ? keys.mixed(random.below(OUTSIDER_KEYS)) : keyOf(random);
  return { ...base, via, kind: kindOf(random), key };
}

/** A client that never saw the types writes one field of a document that has them. */
function oddOperation(random: Random, n: number): Pick<Operation, 'via' | 'kind' | 'key' | 'set' | 'odd'> {
  if (random.chance(0.2)) {
    const [via] = [random.pick(['redis-first', 'mongo-first'] as const)];
    return { via, kind: 'merge', key: keys.typed(n - (n % TYPED_EVERY)), set: { op: `w${n}`, touched: n } };
  }
  const odd = random.pick(ODD_KINDS);
  const own = odd === 'values' ? keys.typed(n - (n % TYPED_EVERY)) : `${odd}${random.below(6)}@chaos.example`;
  const key = odd === 'ids' ? `ids${n}@chaos.example` : own;
  return { via: 'odd', kind: 'replace', key, set: {}, odd };
}

/** So many operations in a row mean the same typed record, if any. */
const TYPED_EVERY = 500;

function viaOf(random: Random): Via {
  const draw = random.next();
  if (draw < 0.4) return 'mongo-first';
  if (draw < 0.8) return 'redis-first';
  return draw < 0.93 ? 'fcall' : 'outsider';
}

function kindOf(random: Random): Kind {
  const draw = random.next();
  if (draw < 0.35) return 'upsert';
  if (draw < 0.65) return 'replace';
  return draw < 0.85 ? 'merge' : 'delete';
}

function keyOf(random: Random): string {
  const draw = random.next();
  if (draw < 0.25) return keys.hot(random.below(HOT_KEYS));
  if (draw < 0.35) return keys.wallet(random.below(WALLETS));
  if (draw < 0.4) return keys.mixed(random.below(OUTSIDER_KEYS));
  return keys.cold(random.below(COLD_KEYS));
}

function contentOf(random: Random, n: number): JsonObject {
  const set: Record<string, JsonObject[string]> = { name: `User ${n}`, op: `w${n}` };
  if (random.chance(0.5)) set.city = random.pick(['Zürich', '東京', 'São Paulo', 'Ελλάδα']);
  if (random.chance(0.3)) set.tags = random.chance(0.5) ? [] : ['a', n];
  if (random.chance(0.3)) set.nested = { n, deep: { empty: {}, ratio: n / 7 } };
  if (random.chance(0.2)) set.big = 2 ** 53 - 1 - n;
  if (random.chance(0.1))
    Object.assign(set, { version: `v${n}`, source: 'mine', deleted: true, purgeAt: null });
  if (random.chance(0.1)) set.at = { $date: '2026-11-27T12:00:00Z' };
  return set;
}
