import {
  OUTCOMES,
  type ChangeEvent,
  type ChangeDelivery,
  type Outcome,
  type SettledDelivery,
} from '@redis-mongo-sync/sync-core';

interface Entry {
  readonly id: number;
  readonly event: ChangeEvent;
}

interface Pending {
  consumer: string;
  since: number;
}

interface Group {
  lastDelivered: number;
  readonly pending: Map<number, Pending>;
}

/** The consumer group is not there (`NOGROUP`). */
export class NoGroupError extends Error {
  override readonly name = 'NoGroupError';
}

/** A Redis stream with the one consumer group that the sync has on it, its in-flight hash and its ledger. */
export class SimStream {
  entries: Entry[] = [];
  group: Group | null = null;
  readonly inFlight = new Map<string, number>();
  /** What the newest write in flight knew of Mongo. */
  readonly known = new Map<string, number>();
  /** What the writes in flight changed, together; `null`: all. */
  readonly changed = new Map<string, readonly string[] | null>();
  /** Entries that were dead-lettered: they are kept for a person. */
  readonly deadLetters: ChangeEvent[] = [];
  captured = 0;
  readonly outcomes = newOutcomes();
  /** Entries or the group were deleted; the ledger may be out of balance until they are looked at. */
  damaged = false;
  private ids = 0;

  constructor(private readonly rules: { readonly noInFlight: boolean; readonly noLedger: boolean }) {}

  add(event: ChangeEvent): void {
    this.ids += 1;
    this.captured += 1;
    this.entries.push({ id: this.ids, event });
  }

  putInFlight(key: string, version: number): void {
    if (!this.rules.noInFlight) this.inFlight.set(key, version);
  }

  land({ key, version }: ChangeEvent): void {
    const inFlight = this.inFlight.get(key);
    if (inFlight === undefined || inFlight > version) return;
    this.landAll(key);
  }

  landAll(key: string): void {
    this.inFlight.delete(key);
    this.known.delete(key);
    this.changed.delete(key);
  }

  /** A dead letter ends its journey, and stays in flight until a person discards it. */
  deadLetter({ entryId, event }: ChangeDelivery): void {
    if (!this.group?.pending.delete(Number(entryId))) return;
    this.outcomes['dead-lettered'] += 1;
    this.deadLetters.push(event);
  }

  /** What a person does with all of them. */
  discardDeadLetters(): number {
    const letters = this.deadLetters.splice(0);
    for (const letter of letters) this.land(letter);
    return letters.length;
  }

  /** `XACK` and the ledger. */
  settle({ delivery, outcome }: SettledDelivery): void {
    if (this.group?.pending.delete(Number(delivery.entryId)) && !this.rules.noLedger)
      this.outcomes[outcome] += 1;
    this.land(delivery.event);
  }

  // ——— the consumer's commands

  /** `XGROUP CREATE … MKSTREAM`. Whether it was created now. */
  createGroup(at: 'start' | 'end'): boolean {
    if (this.group) return false;
    this.group = { lastDelivered: at === 'start' ? 0 : (this.entries.at(-1)?.id ?? 0), pending: new Map() };
    return true;
  }

  readNew(consumer: string, count: number, now: number): ChangeDelivery[] {
    const group = this.existing();
    const fresh = this.entries.filter(({ id }) => id > group.lastDelivered).slice(0, count);
    for (const { id } of fresh) {
      group.lastDelivered = id;
      group.pending.set(id, { consumer, since: now });
    }
    return fresh.map(deliveryOf);
  }

  /** Own pending entries, and the ids of those whose data is gone. */
  readPending(consumer: string, count: number): { deliveries: ChangeDelivery[]; lost: number[] } {
    const ids = [...this.existing().pending].filter(([, pending]) => pending.consumer === consumer);
    return this.load(ids.slice(0, count).map(([id]) => id));
  }

  /** `XAUTOCLAIM`: takes over what has been pending for `minIdleMs`; what has no data any more is dropped. */
  claim(
    consumer: string,
    minIdleMs: number,
    now: number,
    count: number,
  ): { deliveries: ChangeDelivery[]; lost: number[] } {
    const group = this.existing();
    const idle = [...group.pending].filter(
      ([, pending]) => pending.consumer !== consumer && now - pending.since >= minIdleMs,
    );
    const claimed = idle.slice(0, count).map(([id]) => id);
    for (const id of claimed) group.pending.set(id, { consumer, since: now });
    const found = this.load(claimed);
    this.giveUp(found.lost);
    return found;
  }

  giveUp(ids: readonly number[]): void {
    if (ids.length > 0) this.damaged = true;
    for (const id of ids) this.group?.pending.delete(id);
  }

  // ——— the ledger

  get pending(): number {
    return this.group?.pending.size ?? 0;
  }

  get unread(): number {
    const after = this.group?.lastDelivered ?? 0;
    let count = 0;
    for (let index = this.entries.length - 1; index >= 0 && (this.entries[index]?.id ?? 0) > after; index--)
      count++;
    return count;
  }

  get missing(): number {
    let owed = this.captured;
    for (const outcome of OUTCOMES) owed -= this.outcomes[outcome];
    return owed - this.pending - this.unread;
  }

  rebalance(): number {
    const { missing } = this;
    if (missing > 0) this.outcomes.superseded += missing;
    if (missing < 0) this.captured -= missing;
    this.damaged = false;
    return missing;
  }

  /** Every entry that is not settled. */
  *unsettled(): Generator<ChangeEvent> {
    for (const { id, event } of this.entries) {
      if (!this.group || id > this.group.lastDelivered || this.group.pending.has(id)) yield event;
    }
  }

  // ——— what outsiders do to it

  /** Removes what every group has settled, as the trimmer does. */
  trim(): void {
    if (!this.group) return;
    let floor = this.group.lastDelivered + 1;
    for (const id of this.group.pending.keys()) floor = Math.min(floor, id);
    if ((this.entries[0]?.id ?? floor) < floor) this.entries = this.entries.filter(({ id }) => id >= floor);
  }

  /** `XTRIM MAXLEN`: knows no groups. */
  cutTo(length: number): boolean {
    if (this.entries.length <= length) return false;
    this.entries = length === 0 ? [] : this.entries.slice(-length);
    this.damaged = true;
    return true;
  }

  destroyGroup(): boolean {
    if (!this.group) return false;
    this.group = null;
    this.damaged = true;
    return true;
  }

  delete(): void {
    this.entries = [];
    this.group = null;
    this.damaged = true;
  }

  wipe(): void {
    this.delete();
    this.damaged = false;
    this.inFlight.clear();
    this.known.clear();
    this.changed.clear();
    this.deadLetters.length = 0;
    this.captured = 0;
    Object.assign(this.outcomes, newOutcomes());
  }

  private existing(): Group {
    if (!this.group) throw new NoGroupError('NOGROUP');
    return this.group;
  }

  private load(ids: readonly number[]): { deliveries: ChangeDelivery[]; lost: number[] } {
    const byId = new Map(this.entries.map((entry) => [entry.id, entry]));
    const found = ids.map((id) => byId.get(id)).filter((entry) => entry !== undefined);
    return { deliveries: found.map(deliveryOf), lost: ids.filter((id) => !byId.has(id)) };
  }
}

function deliveryOf({ id, event }: Entry): ChangeDelivery {
  return { entryId: String(id), event };
}

function newOutcomes(): Record<Outcome, number> {
  return { applied: 0, stale: 0, duplicate: 0, echo: 0, superseded: 0, 'dead-lettered': 0 };
}
