import type { ReconcileReport, ReconcileRequest } from '@redis-mongo-sync/sync-core';

export type RunState = 'running' | 'done' | 'cancelled' | 'failed';

/** One run, as `GET /reconcile/:id` shows it. */
export interface RunView {
  readonly id: string;
  /** Who asked for it. */
  readonly trigger: 'request' | 'schedule';
  readonly state: RunState;
  readonly request: ReconcileRequest;
  /** ISO time. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Why it failed. */
  readonly error: string | null;
  /** Records per second so far. */
  readonly rate: number;
  /** About how many seconds it will take from now on; null: unknown. */
  readonly etaSeconds: number | null;
  /** As far as it has come; null before the first bucket. */
  readonly report: ReconcileReport | null;
}
