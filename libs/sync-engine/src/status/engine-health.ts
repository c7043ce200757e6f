import { errorText } from '@redis-mongo-sync/redis-streams';
import { DIRECTIONS, type Direction } from '@redis-mongo-sync/sync-core';
import { totalOf } from '../unsyncable/unsyncable-watch.js';
import type { EngineParts } from '../composition/engine-parts.js';
import { NOT_FOLLOWED } from './engine-observer.js';
import type { HealthCheck, HealthFact } from './health-check.js';

/** What must hold for the sync to be healthy: both stores answer, capture and lanes work, the ledgers balance. */
export class EngineHealth {
  constructor(private readonly parts: EngineParts) {}

  checks(): readonly HealthCheck[] {
    const { mongo, redis } = this.parts.stores;
    return [
      () => store('mongo', () => mongo.db('admin').command({ ping: 1 })),
      () => store('redis', () => redis.ping()),
      () => this.capture(),
      () => this.reconcile(),
      () => this.unsyncable(),
      ...DIRECTIONS.map((direction) => () => this.lane(direction)),
      ...DIRECTIONS.map((direction) => () => this.ledger(direction)),
    ];
  }

  private capture(): HealthFact {
    const { mode, reason, since, snapshot, caughtUpAt, followsRemovals } = this.parts.observer.captureState;
    const details = {
      mode,
      ...(reason ? { reason } : {}),
      since: new Date(since).toISOString(),
      ...(snapshot ? { snapshot: { ...snapshot, since: new Date(snapshot.since).toISOString() } } : {}),
      oplog: this.parts.healing.oplog.status,
      ...(followsRemovals === false ? { limit: NOT_FOLLOWED } : {}),
      caughtUpMsAgo: caughtUpAt === null ? null : Date.now() - caughtUpAt,
    };
    return { name: 'capture', up: mode !== 'waiting' && mode !== 'stopped', details };
  }

  /** Never red: what differs is an alert, and a thing to look at, but the sync works. */
  private reconcile(): HealthFact {
    const { last, isRunning } = this.parts.healing.reconciles;
    const seen = last?.report && {
      endedAt: last.endedAt,
      mode: last.request.mode,
      compared: last.report.compared,
      differ: last.report.left,
    };
    return { name: 'reconcile', up: true, details: { running: isRunning, last: seen ?? null } };
  }

  /** Never red: what is not synced is listed, not lost, and the rest goes on. */
  private unsyncable(): HealthFact {
    const { counts } = this.parts.healing.unsyncable;
    const details = counts
      ? { documents: totalOf(counts), ...counts }
      : { documents: null, reason: 'the list is in MongoDB, which has not answered' };
    return { name: 'unsyncable', up: true, details };
  }

  private lane(direction: Direction): HealthFact {
    const { mode, breaker } = this.parts.lanes[direction].consumer.snapshot();
    const { fatal } = this.parts.observer.laneState(direction);
    const details = { mode, breaker: breaker.state, ...(fatal ? { reason: fatal } : {}) };
    return { name: direction, up: fatal === null && breaker.state === 'closed', details };
  }

  private async ledger(direction: Direction): Promise<HealthFact> {
    const name = `ledger ${direction}`;
    const { stores, missing: search } = this.parts;
    try {
      const page = await stores.ledgers.read(direction);
      if (page.missing === 0) return { name, up: true, details: { balanced: true } };
      const { missing, events, text } = await search.explain(direction, page);
      return { name, up: false, details: { balanced: false, missing, missingEvents: events, reason: text } };
    } catch {
      return { name, up: false, details: { reason: 'the ledger is in Redis, which does not answer' } };
    }
  }
}

async function store(name: string, ping: () => Promise<unknown>): Promise<HealthFact> {
  try {
    await ping();
    return { name, up: true, details: {} };
  } catch (error) {
    return { name, up: false, details: { reason: errorText(error) } };
  }
}
