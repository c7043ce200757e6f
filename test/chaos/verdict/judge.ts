import { isJsonObject, type JsonObject } from '@redis-mongo-sync/sync-core';
import { isMixed, leavesNoTrace, type Operation } from '../load/operation.js';
import { sentText, sharedText } from '../load/http-client.js';
import type { Acknowledged, Told } from '../load/told.js';
import type { LossWindows, NamedWindow } from './loss-windows.js';
import { altered, unlisted } from './outsiders.js';
import type { Standing } from './quiesce.js';
import { differences, sharedOf, textOf, type Final, type Finals } from './stores.js';

export interface Verdict {
  readonly lost: readonly string[];
  readonly lostInWindow: Readonly<Record<NamedWindow, number>>;
  readonly different: readonly string[];
  readonly duplicated: readonly string[];
  readonly resurrected: readonly string[];
  /** Values in outsiders' documents that no client wrote, and that are not what was inserted. */
  readonly altered: readonly string[];
  /** Documents with an unusable key that are not listed as not synced, or listed ones that have a usable one. */
  readonly unlisted: readonly string[];
}

/**
 * Compares both stores with each other and with what clients were told. For each acknowledged write w of a key:
 * lost when the record stands below w's version, or at it with other content; resurrected when the newest one is a
 * delete and an older write stands again; duplicated when an older write stands again over a newer one.
 *
 * @param preImages whether the server keeps them; without, what outsiders did to keys leaves no trace, and is not judged
 */
export function judge(
  told: Told,
  windows: LossWindows,
  { mongo: inMongo, redis, listed }: Standing,
  preImages = true,
): Verdict {
  const mongo = inMongo.records;
  const lostInWindow: Record<NamedWindow, number> = { FLUSHALL: 0, failover: 0 };
  const lists = { lost: [] as string[], duplicated: [...told.appliedTwice], resurrected: [] as string[] };
  for (const [key, writes] of told.acknowledged) {
    const final = mongo.get(key);
    // What an outsider removed may be gone altogether; what was written after that stands.
    const removedUntil = final ? Number.NEGATIVE_INFINITY : told.removedUntil(key);
    for (const write of writes) {
      const fault = faultOf(write, final);
      if (fault === 'half' && final && overwritten(told, write, final)) continue;
      if (!fault || (told.begun.get(write.operation.name) ?? 0) <= removedUntil) continue;
      const window = windows.of(write);
      if (window) lostInWindow[window] += 1;
      else lists.lost.push(`${key}: ${describe(write)}: ${fault}, Mongo has ${textOf(final)}`);
    }
    const returned = comeBack(told, writes, final);
    if (returned && !windows.of(returned)) {
      const list = returned.text === null ? lists.resurrected : lists.duplicated;
      list.push(`${key}: after ${describe(returned)} Mongo has ${textOf(final)}`);
    }
  }
  for (const [key, final] of mongo) lists.lost.push(...half(told, key, final));
  lists.lost.push(...outsidersLost(told, mongo));
  for (const { fault, text } of walletsWrong(told, mongo)) lists[fault].push(text);
  const different = differences(mongo, redis)
    .filter((key) => preImages || !leavesNoTrace(key))
    .map((key) => `${key}: Mongo ${textOf(mongo.get(key))}, Redis ${textOf(redis.get(key))}`);
  const outsiders = { altered: altered(told, inMongo), unlisted: unlisted(inMongo, listed) };
  return { ...lists, lostInWindow, different, ...outsiders };
}

function faultOf(write: Acknowledged, final: Final | undefined): string | null {
  if (!final) return write.text === null ? null : 'vanished';
  if (final.version < write.version) return 'older';
  // A tie between both sides is Mongo's.
  if (final.version > write.version || final.source !== write.source) return null;
  return sharedOf(final) === write.text ? null : 'half';
}

/** Whether an outsider's write, which moves no version, stands over this one, and did not end before it was sent. */
function overwritten(told: Told, { operation }: Acknowledged, { fields }: Final): boolean {
  const standing = told.operations.get(nameIn(fields));
  if (standing?.via !== 'outsider' || standing.key !== operation.key) return false;
  const end = told.ended.get(standing.name) ?? Number.POSITIVE_INFINITY;
  return end >= (told.begun.get(operation.name) ?? 0);
}

/** The newest acknowledged write, when an older acknowledged one stands again above its version. */
function comeBack(
  told: Told,
  writes: readonly Acknowledged[],
  final: Final | undefined,
): Acknowledged | null {
  const newest = writes.reduce((a, b) => (b.version > a.version ? b : a));
  if (!final?.fields || final.version <= newest.version || isMixed(newest.operation.key)) return null;
  const standing = writes.filter(({ operation }) => operation.name === final.fields?.op);
  const older = standing.length > 0 && standing.every(({ version }) => version < newest.version);
  return older && !told.unknown.has(nameIn(final.fields)) ? newest : null;
}

/** What a store holds was written by a client or an outsider, and is whole. */
function half(told: Told, key: string, { fields }: Final): string[] {
  const operation = told.operations.get(nameIn(fields));
  if (!fields || !operation || isMixed(key)) return [];
  const whole = operation.key === key && holds(fields, operation);
  return whole ? [] : [`${key}: half of ${operation.name} stands: ${sharedText(fields)}`];
}

/** The name of the write that made the record what it is. */
function nameIn(fields: JsonObject | null): string {
  return typeof fields?.op === 'string' ? fields.op : '';
}

function holds(fields: JsonObject, { kind, set, key }: Operation): boolean {
  if (kind === 'replace') return sharedText(fields) === sentText({ email: key, ...set });
  return Object.entries(set).every(
    ([name, value]) => sharedText({ v: fields[name] ?? null }) === sentText({ v: value }),
  );
}

function outsidersLost(told: Told, mongo: Finals): string[] {
  return [...told.byOutsiders]
    .filter(([key, { set }]) => mongo.get(key)?.fields?.op !== set.op)
    .map(([key, { name }]) => `${key}: ${name}, written by an outsider, Mongo has ${textOf(mongo.get(key))}`);
}

/** A tombstone keeps its wallet, but hides it: only living records are compared. */
function walletsWrong(told: Told, mongo: Finals): { fault: 'lost' | 'duplicated'; text: string }[] {
  return [...told.wallets].flatMap(([key, sum]) => {
    const wallet = mongo.get(key)?.fields?.wallet;
    if (!mongo.get(key)?.fields) return [];
    const balance = Number(wallet !== undefined && isJsonObject(wallet) ? wallet.balance : Number.NaN);
    if (balance === sum) return [];
    const fault = balance > sum ? 'duplicated' : 'lost';
    return [{ fault, text: `${key}: the deltas sum up to ${sum}, the balance is ${balance}` }];
  });
}

function describe({ operation, version, source, text }: Acknowledged): string {
  return `${operation.name} (${operation.via} ${operation.kind}, ${version} ${source}${text === null ? ', delete' : ''})`;
}
