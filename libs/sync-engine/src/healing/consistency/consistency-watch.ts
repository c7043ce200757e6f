import {
  DIRECTIONS,
  MalformedEventError,
  parseEvent,
  updatedAtOf,
  type Direction,
} from '@redis-mongo-sync/sync-core';
import type { StreamTail } from '@redis-mongo-sync/sync-adapters';
import { ConsistencyTally, HORIZONS_MS, type ConsistencyFigure } from './consistency-tally.js';

/** A write that is being watched. */
interface Sample {
  readonly entity: string;
  readonly key: string;
  readonly version: number;
  readonly writtenAt: number;
  readonly seenAt: number;
  /** How many writes it stands for. */
  readonly weight: number;
  /** Index of the next horizon that is to be decided. */
  horizon: number;
}

interface ConsistencyWatchOptions {
  readonly tail: (direction: Direction) => Pick<StreamTail, 'read'>;
  /** The lower of the versions that the two stores hold of each record, tombstones included; 0: one holds none. */
  readonly commonVersions: (
    records: readonly { readonly entity: string; readonly key: string }[],
  ) => Promise<readonly number[]>;
  /** Whether this process is the one that watches; several would count the same writes. Default: always. */
  readonly isOurs?: () => boolean;
  /** True while everything is published again: what enters `mongo_changes` then are not writes. */
  readonly isReEmitting: () => boolean;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly now?: () => number;
}

/** A tick looks at both streams once and takes at most one write from each: a few per second. */
const TICK_MS = 400;
/** A horizon is decided this much early rather than late: what comes after it must not count. */
const EARLY_MS = 50;
const CHECK_MS = 100;

/**
 * Watches a few of the writes that enter the streams – picked there, before it is known what becomes of them – and
 * sees whether both stores have them 1, 10 and 60 seconds after they were made. A write that is seen only after its
 * horizon counts as missed, and so does one whose stores don't answer.
 */
export class ConsistencyWatch {
  private readonly tally = new ConsistencyTally();
  private readonly samples: Sample[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private sampling: Promise<void> | null = null;
  private checking: Promise<void> | null = null;

  constructor(private readonly options: ConsistencyWatchOptions) {}

  figure(): ConsistencyFigure {
    return this.tally.figure(this.now());
  }

  start(): void {
    this.timers.push(
      // A tick is left out while the one before waits for a store: `stop` shall not wait for a queue of them.
      setInterval(
        () => void (this.sampling ??= this.sample().finally(() => (this.sampling = null))),
        TICK_MS,
      ).unref(),
      setInterval(
        () => void (this.checking ??= this.check().finally(() => (this.checking = null))),
        CHECK_MS,
      ).unref(),
    );
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.sampling;
    await this.checking;
  }

  /** Takes at most one new write from each stream. */
  async sample(): Promise<void> {
    for (const direction of DIRECTIONS) {
      const page = await this.options
        .tail(direction)
        .read()
        .catch(() => null);
      if (!page || page.texts.length === 0 || this.options.isOurs?.() === false) continue;
      if (direction === 'mongo-to-redis' && this.options.isReEmitting()) continue;
      const text = page.texts[Math.floor((this.options.random ?? Math.random)() * page.texts.length)];
      this.take(text ?? '', direction, page.entered);
    }
  }

  /** Decides what is due. */
  async check(): Promise<void> {
    const now = this.now();
    const due = this.samples.filter((sample) => this.deadlineOf(sample) - EARLY_MS <= now);
    if (due.length === 0) return;
    const versions = await this.options.commonVersions(due).catch(() => []);
    for (const [index, sample] of due.entries())
      this.decide(sample, (versions[index] ?? 0) >= sample.version, now);
  }

  private take(text: string, direction: Direction, weight: number): void {
    const now = this.now();
    try {
      const { entity, key, version, source } = parseEvent(text);
      // An echo is not another write; the write was in the other stream.
      if ((direction === 'mongo-to-redis') !== (source === 'mongo')) return;
      const sample: Sample = {
        entity,
        key,
        version,
        writtenAt: updatedAtOf(version),
        seenAt: now,
        weight,
        horizon: 0,
      };
      this.tally.sampled(now);
      while (sample.horizon < HORIZONS_MS.length && now > this.deadlineOf(sample)) {
        this.tally.decided(sample.horizon++, { reached: false, weight, atMs: now });
      }
      if (sample.horizon < HORIZONS_MS.length) this.samples.push(sample);
    } catch (error) {
      if (!(error instanceof MalformedEventError)) throw error;
    }
  }

  /** What was reached stays reached: versions only grow. */
  private decide(sample: Sample, reached: boolean, now: number): void {
    do {
      this.tally.decided(sample.horizon++, { reached, weight: sample.weight, atMs: now });
    } while (reached && sample.horizon < HORIZONS_MS.length);
    if (sample.horizon >= HORIZONS_MS.length) this.samples.splice(this.samples.indexOf(sample), 1);
  }

  private deadlineOf({ writtenAt, horizon }: Sample): number {
    return writtenAt + (HORIZONS_MS[horizon] ?? 0);
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }
}
