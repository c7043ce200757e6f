import type { MessagingObserver } from '../bus/messaging-observer.js';
import type { Clock } from '../clock.js';
import type { BatchHandler, EntryFailure } from '../consumer/consumer-options.js';
import { describeError } from '../dead-letters/dead-letter-writer.js';
import { GROUP_MARK, replayedFor } from '../group-mark.js';
import type { StreamEntry } from '../stream-entry.js';
import type { Effect, Settled, Settlement, Settling } from '../subscription/settlement.js';
import { InMemoryDeadLetters } from './in-memory-dead-letters.js';

/** An instance of a group, as the stream sees it. */
export interface MemoryReader {
  readonly batchSize: number;
  readonly retryDelaysMs: readonly number[];
  readonly ordered: boolean;
  paused: boolean;
  readonly handlerOf: (partition: number) => BatchHandler;
}

interface Retry {
  readonly firstFailedAt: number;
}

/** A group's place in one partition. `Settlement` for its messages. */
class MemoryLane implements Settlement {
  position = 0;
  readonly handledIds = new Set<string>();
  readonly retries = new Map<string, Retry>();
  readonly busy = new Set<MemoryReader>();

  constructor(
    private readonly runEffects: (effects: readonly Effect[]) => void,
    private readonly remember: () => boolean,
  ) {}

  handled(eventIds: readonly string[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(eventIds.filter((id) => this.handledIds.has(id))));
  }

  settle(messages: readonly Settling[]): Promise<readonly Settled[]> {
    return Promise.resolve(
      messages.map(({ eventId, effects }): Settled => {
        if (this.handledIds.has(eventId)) return 'duplicate';
        this.runEffects(effects);
        if (this.remember()) this.handledIds.add(eventId);
        return 'settled';
      }),
    );
  }
}

class MemoryGroup {
  readonly readers: MemoryReader[] = [];
  remember = true;

  constructor(readonly lanes: readonly MemoryLane[]) {}
}

interface MemoryStreamOptions {
  readonly name: string;
  readonly partitions: number;
  readonly clock: Clock;
  readonly observer: MessagingObserver;
  readonly runEffects: (effects: readonly Effect[]) => void;
}

/** One stream with its partitions, groups and dead letters, in memory. */
export class InMemoryStream {
  readonly partitions: StreamEntry[][];
  readonly eventIds = new Map<string, string>();
  readonly deadLetters: InMemoryDeadLetters;
  private readonly groups = new Map<string, MemoryGroup>();
  private readonly aborter = new AbortController();
  private readonly cancels = new Set<() => void>();
  private sequence = 0;
  private inHand = 0;

  constructor(private readonly it: MemoryStreamOptions) {
    this.partitions = Array.from({ length: it.partitions }, () => []);
    this.deadLetters = new InMemoryDeadLetters({
      nextId: () => this.nextId(),
      putBack: ({ fields, letter: { group, originalId } }) =>
        this.append(this.partitionOf(originalId), [...fields, GROUP_MARK, group]),
    });
  }

  append(partition: number, fields: readonly string[]): string {
    const id = this.nextId();
    this.partitions[partition]?.push({ id, fields });
    for (const group of this.groups.values()) this.wake(group);
    return id;
  }

  /** True when there was no such group. */
  ensureGroup(name: string, from: string): boolean {
    if (this.groups.has(name)) return false;
    const group: MemoryGroup = new MemoryGroup(
      this.partitions.map(() => new MemoryLane(this.it.runEffects, () => group.remember)),
    );
    this.groups.set(name, group);
    this.moveGroup(name, from);
    return true;
  }

  /** To `beginning`, `now`, or after an entry id. */
  moveGroup(name: string, from: string): void {
    const group = this.groupOf(name);
    group.lanes.forEach((lane, partition) => {
      const entries = this.partitions[partition] ?? [];
      const at = entries.findIndex(({ id }) => from === 'beginning' || compare(id, from) > 0);
      lane.position = from === 'now' || at < 0 ? entries.length : at;
      lane.handledIds.clear();
    });
    this.wake(group);
  }

  laneOf(name: string, partition: number): Settlement {
    const lane = this.groupOf(name).lanes[partition];
    if (!lane) throw new RangeError(`there is no partition ${partition}`);
    return lane;
  }

  join(name: string, reader: MemoryReader, remember: boolean): void {
    const group = this.groupOf(name);
    group.remember = remember;
    group.readers.push(reader);
    this.wake(group);
  }

  leave(name: string, reader: MemoryReader): void {
    const { readers } = this.groupOf(name);
    const index = readers.indexOf(reader);
    if (index >= 0) readers.splice(index, 1);
    this.wake(this.groupOf(name));
  }

  wakeGroup(name: string): void {
    this.wake(this.groupOf(name));
  }

  /** Resolves when `reader` has nothing in hand. */
  async rest(name: string, reader: MemoryReader): Promise<void> {
    const { lanes } = this.groupOf(name);
    while (lanes.some(({ busy }) => busy.has(reader))) await turn();
  }

  /** True when every group has handled all, retries included. */
  get idle(): boolean {
    if (this.inHand > 0 || this.cancels.size > 0) return false;
    return [...this.groups.values()].every(
      ({ readers, lanes }) =>
        readers.length === 0 ||
        lanes.every(({ position }, partition) => position >= (this.partitions[partition] ?? []).length),
    );
  }

  close(): void {
    this.aborter.abort(new Error('the bus was closed'));
    for (const cancel of this.cancels) cancel();
    this.cancels.clear();
  }

  private groupOf(name: string): MemoryGroup {
    const group = this.groups.get(name);
    if (!group) throw new RangeError(`there is no group ${name}`);
    return group;
  }

  private wake(group: MemoryGroup): void {
    group.lanes.forEach((_, partition) => {
      for (const reader of group.readers) void this.pump(group, partition, reader);
    });
  }

  /** With order, one reader per partition, as by lease; without, each takes what comes next. */
  private async pump(group: MemoryGroup, partition: number, reader: MemoryReader): Promise<void> {
    const [lane, entries] = [group.lanes[partition], this.partitions[partition]];
    if (!lane || !entries || lane.busy.has(reader)) return;
    const mayRead = (): boolean =>
      !this.aborter.signal.aborted &&
      !reader.paused &&
      group.readers.includes(reader) &&
      (!reader.ordered ||
        (group.readers[partition % group.readers.length] === reader &&
          (lane.busy.size === 0 || lane.busy.has(reader))));
    if (!mayRead()) return;
    lane.busy.add(reader);
    await turn();
    while (mayRead() && lane.position < entries.length) {
      const batch = entries.slice(lane.position, lane.position + reader.batchSize);
      lane.position += batch.length;
      await this.hand(group, { lane, partition, reader, batch, attempt: 1 });
    }
    lane.busy.delete(reader);
    if (reader.ordered) this.wake(group); // another one may be waiting for its turn
  }

  private async hand(group: MemoryGroup, work: Work): Promise<void> {
    const { reader, partition, batch: all, attempt } = work;
    const name = this.nameOf(group);
    const batch = all.filter((entry) => (replayedFor(entry) ?? name) === name);
    this.inHand += 1;
    try {
      const { failures = [] } = await reader.handlerOf(partition)(batch, {
        signal: this.aborter.signal,
        attempt,
      });
      for (const failure of failures) this.failed(group, work, failure);
    } catch {
      if (!this.aborter.signal.aborted) this.later(10, () => void this.hand(group, work)); // an outage: again, all of it
    } finally {
      this.inHand -= 1;
    }
  }

  private failed(
    group: MemoryGroup,
    { lane, partition, reader, batch, attempt }: Work,
    failure: EntryFailure,
  ): void {
    const entry = batch.find(({ id }) => id === failure.id);
    if (!entry) return;
    const now = this.it.clock.now();
    const before = lane.retries.get(entry.id);
    const attempts = attempt - 1 + (failure.attempts ?? 1);
    const firstFailedAt = before?.firstFailedAt ?? now;
    const delays = failure.retryDelaysMs ?? reader.retryDelaysMs;
    const delay = failure.retry === false ? undefined : delays[attempts - 1];
    if (delay !== undefined) {
      lane.retries.set(entry.id, { firstFailedAt });
      const again = { lane, partition, reader, batch: [entry], attempt: attempts + 1 };
      this.later(delay, () => void this.hand(group, again));
      return;
    }
    lane.retries.delete(entry.id);
    const { name: stream, observer } = this.it;
    const groupName = this.nameOf(group);
    const error = describeError(failure.error);
    const facts = {
      stream,
      group: groupName,
      originalId: entry.id,
      error,
      attempts,
      firstFailedAt,
      lastFailedAt: now,
    };
    const letterId = this.deadLetters.add(entry.fields, facts);
    observer.deadLettered?.({ stream, group: groupName, type: '', error: failure.error, letterId });
  }

  private nameOf(group: MemoryGroup): string {
    return [...this.groups].find(([, one]) => one === group)?.[0] ?? '';
  }

  private partitionOf(entryId: string): number {
    return Math.max(
      0,
      this.partitions.findIndex((entries) => entries.some(({ id }) => id === entryId)),
    );
  }

  private later(ms: number, work: () => void): void {
    const cancel = this.it.clock.after(ms, () => {
      this.cancels.delete(cancel);
      work();
    });
    this.cancels.add(cancel);
  }

  private nextId(): string {
    return `${Math.floor(this.it.clock.now())}-${(this.sequence += 1)}`;
  }
}

interface Work {
  readonly lane: MemoryLane;
  readonly partition: number;
  readonly reader: MemoryReader;
  readonly batch: readonly StreamEntry[];
  readonly attempt: number;
}

function compare(a: string, b: string): number {
  const [aTime = 0, aSequence = 0] = a.split('-').map(Number);
  const [bTime = 0, bSequence = 0] = b.split('-').map(Number);
  return aTime - bTime || aSequence - bSequence;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
