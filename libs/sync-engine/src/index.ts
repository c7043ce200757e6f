export { SyncEngine, type EngineMode } from './sync-engine.js';
export type { SyncedStores, SyncEngineOptions, SyncTuning } from './sync-engine-options.js';
export type { EngineLog } from './engine-log.js';

export type { LaneHandle } from './lanes/lane-handle.js';
export { SyncDeadLetters } from './lanes/sync-dead-letters.js';

export { SyncStatus, type LagListener } from './status/sync-status.js';
export type { CaptureStatus, LaneStatus } from './status/engine-observer.js';
export type { HealthCheck, HealthFact } from './status/health-check.js';
export { LAG_BUCKETS_SECONDS } from './status/lag-meter.js';
export type { CaptureReport, DirectionReport, LastReconcile, SyncReport } from './status/sync-report.js';

export { Reconciles } from './healing/reconcile/reconciles.js';
export type { RunState, RunView } from './healing/reconcile/run-view.js';
export { sampleOf } from './healing/reconcile/reconcile-schedule.js';
export type { MissingEntries } from './healing/ledger/missing-entries.js';

export {
  UnsyncableDocuments,
  type UnsyncablePageView,
  type UnsyncableView,
} from './unsyncable/unsyncable-documents.js';
export type { UnsyncableCounts } from './unsyncable/unsyncable-watch.js';

export { RecordHistory } from './history/record-history.js';
export type { HeldView, RecordHistoryView, RestoredView, RestoreResult } from './history/record-views.js';
export { decodeConflictCursor, type ConflictPageView, type ConflictView } from './history/conflict-view.js';

export {
  backfill,
  LISTED,
  type BackfillRun,
  type BackfillSource,
  type BackfillStep,
  type BackfillSummary,
} from './backfill/backfill.js';
export { backfillSource, type BackfillSourceOptions } from './backfill/backfill-source.js';
export { FlowControl, FULL_AT } from './backfill/flow-control.js';
export { BackfillProgress, type BackfillPosition } from './backfill/progress-store.js';
