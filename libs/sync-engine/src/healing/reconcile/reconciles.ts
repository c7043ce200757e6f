import type { ReconcileRequest } from '@redis-mongo-sync/sync-core';
import type { RunView } from './run-view.js';

/** Comparing both stores, and repairing what differs: one run at a time, the last ones remembered. */
export abstract class Reconciles {
  abstract readonly entityNames: readonly string[];
  /** The last run that came to its end; null before the first. */
  abstract readonly last: RunView | null;
  abstract readonly isRunning: boolean;
  /** Newest first. */
  abstract list(): readonly RunView[];
  abstract get(id: string): RunView | null;
  /** Starts a run; null when one is under way (or the engine is stopping). */
  abstract start(request: ReconcileRequest): RunView | null;
  /** The run's end. Resolves at once when there is no such run. */
  abstract ended(id: string): Promise<RunView | null>;
  /** Ends a run between two buckets; what it repaired stays repaired. */
  abstract cancel(id: string): Promise<RunView | null>;
}
