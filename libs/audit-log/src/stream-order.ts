import type { PendingEntry } from './audit-store.js';

/** Sorts the entries of each stream by stream entry id; each stream keeps the places it has among the others. */
export function inStreamOrder(entries: readonly PendingEntry[]): readonly PendingEntry[] {
  const streams = new Map<string, PendingEntry[]>();
  for (const entry of entries) {
    const own = streams.get(entry.stream);
    if (own) own.push(entry);
    else streams.set(entry.stream, [entry]);
  }
  const queues = new Map([...streams].map(([name, own]) => [name, own.sort(byStreamEntryId).values()]));
  return entries.map((entry) => queues.get(entry.stream)?.next().value ?? entry);
}

/** Ids are two decimal numbers of up to 64 bits: beyond what a number holds, but comparable by length and digits. */
function byStreamEntryId(one: PendingEntry, other: PendingEntry): number {
  const [ms = '', sequence = ''] = one.streamEntryId.split('-');
  const [otherMs = '', otherSequence = ''] = other.streamEntryId.split('-');
  return byDigits(ms, otherMs) || byDigits(sequence, otherSequence);
}

function byDigits(one: string, other: string): number {
  const [left, right] = [one.replace(/^0+/, ''), other.replace(/^0+/, '')];
  return left.length - right.length || (left < right ? -1 : Number(left > right));
}
