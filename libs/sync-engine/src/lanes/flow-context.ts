import type { Conflict, EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { LagMeter } from '../status/lag-meter.js';
import type { DecodeOptions } from './decode-entries.js';

export interface FlowObserver {
  conflicts(conflicts: readonly Conflict[]): void;
  /** The furthest that a version of the batch lay ahead of the local clock, ms. */
  skew(largestSkewMs: number): void;
}

interface FlowContextOptions {
  readonly entities: readonly EntityDefinition[];
  /** A version further ahead of the local clock than this is not applied, ms. */
  readonly maxSkewMs: number;
  readonly meter: LagMeter;
  readonly observer: FlowObserver;
}

/** What both apply flows need besides their stores. */
export class FlowContext {
  readonly meter: LagMeter;
  readonly observer: FlowObserver;
  private readonly entities: ReadonlyMap<string, EntityDefinition>;
  private readonly maxSkewMs: number;

  constructor({ entities, maxSkewMs, meter, observer }: FlowContextOptions) {
    this.entities = new Map(entities.map((entity) => [entity.name, entity]));
    this.maxSkewMs = maxSkewMs;
    this.meter = meter;
    this.observer = observer;
  }

  decoding(): DecodeOptions {
    return { entities: this.entities, maxSkewMs: this.maxSkewMs, nowMs: Date.now() };
  }
}
