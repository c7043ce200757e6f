import type { Conflict, EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { LagMeter } from '../metrics/lag-meter.js';
import type { DecodeOptions } from './decode-entries.js';

export interface FlowObserver {
  conflicts(conflicts: readonly Conflict[]): void;
  /** The furthest that a version of the batch lay ahead of the local clock, ms. */
  skew(largestSkewMs: number): void;
}

/** What both apply flows need besides their stores. */
export class FlowContext {
  private readonly entities: ReadonlyMap<string, EntityDefinition>;

  constructor(
    entities: readonly EntityDefinition[],
    private readonly maxSkewMs: number,
    readonly meter: LagMeter,
    readonly observer: FlowObserver,
  ) {
    this.entities = new Map(entities.map((entity) => [entity.name, entity]));
  }

  decoding(): DecodeOptions {
    return { entities: this.entities, maxSkewMs: this.maxSkewMs, nowMs: Date.now() };
  }
}
