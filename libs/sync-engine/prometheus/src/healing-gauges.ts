import { Gauge, type Registry } from 'prom-client';
import { UNSYNCABLE_REASONS } from '@redis-mongo-sync/sync-core';
import type { SyncReport } from '@redis-mongo-sync/sync-engine';

/** Gauges about being equal and staying able to resume. What is not known has no sample, never a made-up one. */
export class HealingGauges {
  private readonly consistency: Gauge<'within'>;
  private readonly samples: Gauge;
  private readonly differ: Gauge;
  private readonly oplogWindow: Gauge;
  private readonly positionAge: Gauge;
  private readonly snapshotDone: Gauge;
  private readonly snapshotTotal: Gauge;
  private readonly unsyncable: Gauge<'entity' | 'reason'>;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
    this.consistency = new Gauge({
      name: 'sync_consistency_ratio',
      help: 'Share of sampled writes of the last hour that both stores had in time',
      labelNames: ['within'],
      registers: [registry],
    });
    this.samples = gauge('sync_consistency_samples', 'Writes of the last hour that were looked at');
    this.differ = gauge('sync_reconcile_differing', 'Records that differed in the last comparison');
    this.oplogWindow = gauge('sync_oplog_window_seconds', 'How far back the oplog reaches');
    this.positionAge = gauge(
      'sync_capture_position_age_seconds',
      'How far the capture position lies behind the newest oplog entry',
    );
    this.snapshotDone = gauge('sync_snapshot_documents', 'Documents published by the snapshot under way');
    this.snapshotTotal = gauge('sync_snapshot_documents_expected', 'Documents it will publish, about');
    this.unsyncable = new Gauge({
      name: 'sync_unsyncable_documents',
      help: 'Documents that are not synced; /unsyncable lists them',
      labelNames: ['entity', 'reason'],
      registers: [registry],
    });
  }

  set({ consistency, capture, reconcile, unsyncable }: SyncReport): void {
    this.consistency.reset();
    for (const within of ['1s', '10s', '60s'] as const) {
      const share = consistency[`within${within}`];
      if (share !== null) this.consistency.set({ within }, share);
    }
    this.samples.set(consistency.samples);
    const { oplog, snapshot } = capture;
    const known = 'unknown' in oplog ? null : oplog;
    setOrClear(this.oplogWindow, known && known.windowMs / 1000);
    setOrClear(this.positionAge, known?.positionAgeMs == null ? null : known.positionAgeMs / 1000);
    setOrClear(this.snapshotDone, snapshot?.done ?? null);
    setOrClear(this.snapshotTotal, snapshot?.total ?? null);
    setOrClear(this.differ, reconcile?.differ ?? null);
    this.setUnsyncable(unsyncable ?? {});
  }

  /** Reasons that no document has are 0: an alert needs something to rise from. */
  private setUnsyncable(counts: NonNullable<SyncReport['unsyncable']>): void {
    this.unsyncable.reset();
    for (const [entity, reasons] of Object.entries(counts)) {
      for (const reason of UNSYNCABLE_REASONS) this.unsyncable.set({ entity, reason }, reasons[reason] ?? 0);
    }
  }
}

/** `remove`, not `reset`: that would make it 0. */
function setOrClear(gauge: Gauge, value: number | null): void {
  if (value === null) gauge.remove();
  else gauge.set(value);
}
