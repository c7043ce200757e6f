import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { EventFollowers } from '../audit/event-followers.js';
import { PROCESSING_OUTCOMES, ProcessingObserver } from '../processing/processing-observer.js';
import type { EventReceipt } from '../publish/receipts.js';
import { EventStats } from '../stats/event-stats.js';
import type { StreamStats } from '../stats/stats-report.js';

/** The event API in the text format of Prometheus, with the process's own figures. */
@Injectable()
export class EventMetrics {
  private readonly registry = new Registry();
  private readonly publishedTotal: Counter<'stream' | 'outcome'>;
  private readonly recorded: Gauge<'stream' | 'type'>;
  private readonly streams: Readonly<Record<'length' | 'pending' | 'lag' | 'deadLetters', Gauge<'stream'>>>;
  private readonly up: Gauge;
  private readonly following: Gauge;
  private readonly processed: Gauge<'stream' | 'group' | 'outcome'>;

  constructor(
    private readonly stats: EventStats,
    private readonly followers: EventFollowers,
    private readonly processing: ProcessingObserver,
  ) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.publishedTotal = new Counter({
      name: 'events_published_total',
      help: 'Events that this service was given, by whether they were new',
      labelNames: ['stream', 'outcome'],
      registers,
    });
    this.recorded = new Gauge({
      name: 'events_recorded',
      help: 'Events in the audit log',
      labelNames: ['stream', 'type'],
      registers,
    });
    const ofStream = (name: string, help: string) =>
      new Gauge({ name, help, labelNames: ['stream'] as const, registers });
    this.streams = {
      length: ofStream(
        'events_stream_length',
        'Entries in the stream, read ones included until they are trimmed',
      ),
      pending: ofStream('events_pending', 'Entries given to a group and not acknowledged'),
      lag: ofStream('events_lag', 'Entries not given to a group yet, the most of any group'),
      deadLetters: ofStream('events_dead_letters', 'Dead letters that wait for a person'),
    };
    this.up = new Gauge({ name: 'events_audit_log_up', help: '1 while the audit log answers', registers });
    this.following = new Gauge({
      name: 'events_followers',
      help: 'Clients that follow the event stream',
      registers,
    });
    this.processed = new Gauge({
      name: 'events_processed',
      help: 'What this service did with entries since it started',
      labelNames: ['stream', 'group', 'outcome'],
      registers,
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  published({ stream }: EventReceipt, duplicate: boolean): void {
    this.publishedTotal.inc({ stream, outcome: duplicate ? 'repeated' : 'new' });
  }

  /** While Redis does not answer, what needs it is left out. */
  async text(): Promise<string> {
    this.following.set(this.followers.count);
    for (const { stream, group, ...counts } of this.processing.snapshots()) {
      for (const outcome of PROCESSING_OUTCOMES) {
        this.processed.set({ stream, group, outcome }, counts[outcome]);
      }
    }
    const report = await this.stats.read().catch(() => undefined);
    this.recorded.reset();
    for (const gauge of Object.values(this.streams)) gauge.reset();
    this.up.set(report?.auditLog === 'up' ? 1 : 0);
    for (const stream of report?.streams ?? []) this.set(stream);
    return this.registry.metrics();
  }

  private set({ stream, types, lag, ...figures }: StreamStats): void {
    for (const { type, recorded } of types) this.recorded.set({ stream, type }, recorded);
    this.streams.length.set({ stream }, figures.length);
    this.streams.pending.set({ stream }, figures.pending);
    this.streams.deadLetters.set({ stream }, figures.deadLetters);
    if (lag !== null) this.streams.lag.set({ stream }, lag);
  }
}
