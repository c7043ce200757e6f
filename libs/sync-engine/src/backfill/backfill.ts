import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { BackfillPosition } from './progress-store.js';

/** What a backfill made of the records, by what became of them, e.g. `published`. */
export type Counts = Readonly<Record<string, number>>;

/** A record that was left alone, and why. */
export interface LeftAlone {
  readonly name: string;
  readonly reason: string;
}

/** A piece of the way. */
export interface BackfillStep {
  readonly position: BackfillPosition;
  readonly records: number;
  readonly counts: Counts;
  readonly leftAlone: readonly LeftAlone[];
  /** 0 to 1; null: unknown. */
  readonly fraction: number | null;
}

/** One direction of copying: its steps, each complete when it is yielded. */
export interface BackfillSource {
  /** What positions are valid for now. */
  epoch(): Promise<string>;
  steps(entity: EntityDefinition, from: BackfillPosition | null): AsyncIterable<BackfillStep>;
}

/** Left-alone records that are listed; the rest is counted. */
export const LISTED = 50;

export interface BackfillSummary {
  readonly records: number;
  readonly counts: Counts;
  readonly leftAlone: readonly LeftAlone[];
  readonly leftAloneCount: number;
  readonly complete: boolean;
}

export interface BackfillRun {
  readonly entity: EntityDefinition;
  readonly source: BackfillSource;
  readonly dryRun: boolean;
  readonly restart: boolean;
  readonly progress: {
    read(): Promise<BackfillPosition | null>;
    save(position: BackfillPosition): Promise<void>;
    forget(): Promise<void>;
  };
  readonly passed: (records: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onStart?: (from: BackfillPosition | null) => void;
  readonly onStep?: (step: BackfillStep, summary: BackfillSummary) => void;
}

/** Goes through a source step by step; the position is saved behind each, so that a run can be ended anywhere. */
export async function backfill(run: BackfillRun): Promise<BackfillSummary> {
  const { entity, source, dryRun, progress, signal } = run;
  const from = await resumable(run);
  run.onStart?.(from);
  const counts: Record<string, number> = {};
  const leftAlone: LeftAlone[] = [];
  let records = from?.done ?? 0;
  let leftAloneCount = 0;
  const summary = (complete: boolean): BackfillSummary => ({
    records,
    counts: { ...counts },
    leftAlone,
    leftAloneCount,
    complete,
  });
  for await (const step of source.steps(entity, from)) {
    records += step.records;
    for (const [name, count] of Object.entries(step.counts)) counts[name] = (counts[name] ?? 0) + count;
    leftAloneCount += step.leftAlone.length;
    leftAlone.push(...step.leftAlone.slice(0, LISTED - leftAlone.length));
    if (!dryRun) await progress.save({ ...step.position, done: records });
    run.onStep?.(step, summary(false));
    if (!signal.aborted) await run.passed(step.records);
    if (signal.aborted) return summary(false);
  }
  if (!dryRun) await progress.forget();
  return summary(true);
}

async function resumable({
  source,
  dryRun,
  restart,
  progress,
}: BackfillRun): Promise<BackfillPosition | null> {
  if (dryRun) return null;
  if (restart) await progress.forget();
  const saved = await progress.read();
  return saved?.epoch === (await source.epoch()) ? saved : null;
}
