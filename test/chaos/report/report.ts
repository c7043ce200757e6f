import type { Family } from '../faults/fault.js';
import type { Verdict } from '../verdict/judge.js';

export interface FaultRow {
  readonly kind: string;
  readonly family: Family;
  /** ms since the run began. */
  readonly atMs: number;
  readonly holdMs: number;
  /** ms from the end of the fault until both sides synced again; null: not within a minute. */
  readonly recoveredMs: number | null;
  /** The longest that a write captured from Redis then, or shortly before, took into Mongo. */
  readonly worstToMongoMs: number;
  readonly failure?: string;
}

export interface LagFigures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly probes: number;
}

/** All that a run found; `--json` prints it as it is. */
export interface ChaosReport {
  readonly seed: number;
  readonly seconds: number;
  readonly mongo: 'real' | 'embedded';
  readonly acknowledged: Readonly<Record<string, number>>;
  /** What outsiders did that no client of the product would, by kind. */
  readonly outsiders: Readonly<Record<string, number>>;
  /** Documents whose key is unusable in the end. */
  readonly unusable: number;
  readonly preImages: boolean;
  readonly refused: number;
  readonly unknown: number;
  readonly unexpected: Readonly<Record<string, number>>;
  readonly records: number;
  readonly faults: readonly FaultRow[];
  readonly skipped: Readonly<Record<string, string>>;
  readonly handOversMs: readonly number[];
  readonly lag: Readonly<Record<'mongo-first' | 'redis-first', LagFigures>>;
  readonly quiesceMs: number;
  readonly unrest?: string;
  readonly verdict: Verdict;
  readonly alerts: Readonly<Record<string, number>>;
  readonly deadLetters: number;
  readonly crashes: readonly string[];
  readonly sharing: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly memoryMb: {
    readonly highest: Readonly<Record<string, number>>;
    readonly atEnd: Readonly<Record<string, number>>;
  };
  /** The folder with what the services wrote; null when the run was clean, and it was removed. */
  readonly logs: string | null;
  /** The file with all that is known about the records that came to harm. */
  readonly trace?: string;
}

export function isClean({ verdict, unrest, crashes, faults }: ChaosReport): boolean {
  const { lostInWindow: _within, ...lists } = verdict;
  const wrong = Object.values(lists).flat().length + crashes.length;
  const overcome = faults.every(({ failure, recoveredMs }) => failure === undefined && recoveredMs !== null);
  return wrong === 0 && unrest === undefined && overcome;
}
