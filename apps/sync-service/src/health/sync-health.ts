import { DIRECTIONS, type Direction } from '@redis-mongo-sync/sync-core';
import { Injectable } from '@nestjs/common';
import {
  HealthIndicatorService,
  type HealthIndicatorFunction,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { MongoClient } from 'mongodb';
import { SyncEngine } from '../engine.js';

/** What must hold for the sync to be healthy: both stores answer, capture and lanes work, the books balance. */
@Injectable()
export class SyncHealth {
  constructor(
    private readonly engine: SyncEngine,
    private readonly mongo: MongoClient,
    private readonly indicators: HealthIndicatorService,
  ) {}

  checks(): HealthIndicatorFunction[] {
    return [
      () => this.store('mongo', () => this.mongo.db('admin').command({ ping: 1 })),
      () => this.store('redis', () => this.engine.commands.ping()),
      () => this.capture(),
      () => this.reconcile(),
      ...DIRECTIONS.map((direction) => () => this.lane(direction)),
      ...DIRECTIONS.map((direction) => () => this.books(direction)),
    ];
  }

  private async store(name: string, ping: () => Promise<unknown>): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(name);
    try {
      await ping();
      return indicator.up();
    } catch (error) {
      return indicator.down({ reason: error instanceof Error ? error.message : String(error) });
    }
  }

  private capture(): HealthIndicatorResult {
    const { mode, reason, since, snapshot, caughtUpAt } = this.engine.observer.captureState;
    const indicator = this.indicators.check('capture');
    const details = {
      mode,
      ...(reason ? { reason } : {}),
      since: new Date(since).toISOString(),
      ...(snapshot ? { snapshot: { ...snapshot, since: new Date(snapshot.since).toISOString() } } : {}),
      oplog: this.engine.oplog.status,
      caughtUpMsAgo: caughtUpAt === null ? null : Date.now() - caughtUpAt,
    };
    return mode === 'waiting' || mode === 'stopped' ? indicator.down(details) : indicator.up(details);
  }

  /** Never red: what differs is an alert, and a thing to look at, but the sync works. */
  private reconcile(): HealthIndicatorResult {
    const { last, isRunning } = this.engine.reconciles;
    const seen = last?.report && {
      endedAt: last.endedAt,
      mode: last.request.mode,
      compared: last.report.compared,
      differ: last.report.left,
    };
    return this.indicators.check('reconcile').up({ running: isRunning, last: seen ?? null });
  }

  private lane(direction: Direction): HealthIndicatorResult {
    const { mode, breaker } = this.engine.lanes[direction].consumer.snapshot();
    const { fatal } = this.engine.observer.laneState(direction);
    const indicator = this.indicators.check(direction);
    const details = { mode, breaker: breaker.state, ...(fatal ? { reason: fatal } : {}) };
    return fatal !== null || breaker.state !== 'closed' ? indicator.down(details) : indicator.up(details);
  }

  private async books(direction: Direction): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(`books ${direction}`);
    try {
      const page = await this.engine.books.read(direction);
      if (page.vanished === 0) return indicator.up({ balanced: true });
      const { vanished, events, text } = await this.engine.missing.explain(direction, page);
      return indicator.down({ balanced: false, vanished, missing: events, reason: text });
    } catch {
      return indicator.down({ reason: 'the books are in Redis, which does not answer' });
    }
  }
}
