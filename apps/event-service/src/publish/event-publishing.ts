import { recordProblem } from '@redis-mongo-sync/records-http';
import { decodeEvent, newEventId } from '@redis-mongo-sync/redis-streams';
import {
  invalidBody,
  HttpProblem,
  PROBLEM_CATALOG,
  ProblemError,
  problemOf,
} from '@redis-mongo-sync/service-kit';
import { withRedisErrors } from '@redis-mongo-sync/sync-adapters';
import { canonicalJson, StoreUnavailableError, type Json } from '@redis-mongo-sync/sync-core';
import { Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { EventMetrics } from '../metrics/event-metrics.js';
import { Backlog } from '../streams/backlog.js';
import { StreamDirectory } from '../streams/stream-directory.js';
import { EventProducer, type Published, type StreamEvent } from './event-producer.js';
import type { EventDraft } from './event-draft.js';
import type { BatchItem } from './event-batch.js';
import { repeatableId, traceOf, type EventOrigin } from './event-origin.js';
import type { BatchResult, EventReceipt } from './receipts.js';

/** Events as they are taken in: checked, given an identity, published once. */
@Injectable()
export class EventPublishing {
  constructor(
    private readonly redis: Redis,
    private readonly producer: EventProducer,
    private readonly directory: StreamDirectory,
    private readonly backlog: Backlog,
    private readonly metrics: EventMetrics,
  ) {}

  /**
   * @param place one name per endpoint, so that one `Idempotency-Key` may be used at each
   * @throws ProblemError `EventIdReused`, `EventsBacklogged`, `Unprocessable`; StoreUnavailableError
   */
  async publish(draft: EventDraft, origin: EventOrigin, place: string): Promise<EventReceipt> {
    const item = this.itemOf(draft, origin, place);
    await this.admit(item.stream);
    return this.receiptOf(item, await this.producer.publish(item));
  }

  /** All events or none. @throws like {@link publish} */
  async publishAll(drafts: readonly EventDraft[], origin: EventOrigin): Promise<readonly EventReceipt[]> {
    const items = drafts.map((draft, index) => this.itemOf(draft, origin, `batch/${index}`));
    for (const stream of new Set(items.map((item) => item.stream))) await this.admit(stream);
    const published = await this.producer.publishAll(items);
    return Promise.all(
      published.map((outcome, index) => {
        const item = items[index];
        if (!item) throw new Error('the bus answered for more events than it was given');
        return this.receiptOf(item, outcome);
      }),
    );
  }

  /** Each event for itself, in this order. @throws StoreUnavailableError when not one could be taken in for that */
  async publishEach(items: readonly BatchItem[], origin: EventOrigin): Promise<readonly BatchResult[]> {
    // Started in order over one connection, and so published in order.
    const attempts = await Promise.allSettled(
      items.map((item, index) =>
        item.kind === 'event'
          ? this.publish(item.draft, origin, `batch/${index}`)
          : Promise.reject(invalidBody(item.errors)),
      ),
    );
    const failures = attempts
      .filter((attempt) => attempt.status === 'rejected')
      .map(({ reason }): unknown => reason);
    const [failure] = failures;
    if (failures.length === items.length && failures.every(isOutage)) throw failure;
    return attempts.map((attempt, index) =>
      attempt.status === 'fulfilled'
        ? { index, status: 'accepted', ...attempt.value }
        : rejected(index, attempt.reason),
    );
  }

  private itemOf(draft: EventDraft, origin: EventOrigin, place: string): StreamEvent {
    const { stream, type, data, key, eventId } = draft;
    const event = {
      id: repeatableId(eventId, origin, place) ?? newEventId(),
      type,
      data,
      ...traceOf(origin),
      ...(key === undefined ? {} : { key }),
    };
    return { stream, event };
  }

  private async admit(stream: string): Promise<void> {
    this.backlog.check(stream);
    await this.directory.register(stream);
  }

  private async receiptOf({ stream, event }: StreamEvent, published: Published): Promise<EventReceipt> {
    const { entryId, duplicate } = published;
    if (duplicate) await this.mustBeSame(stream, event, entryId);
    const receipt = { eventId: event.id, stream, entryId, type: event.type };
    this.metrics.published(receipt, duplicate);
    return receipt;
  }

  /** One id, another event: a client's mistake that must not pass for a repeat. A trimmed entry can't be compared. */
  private async mustBeSame(stream: string, event: StreamEvent['event'], entryId: string): Promise<void> {
    const [entry] = await withRedisErrors(() => this.redis.xrange(stream, entryId, entryId));
    if (!entry) return;
    const before = decodeEvent({ id: entry[0], fields: entry[1] });
    if (before.type === event.type && sameJson(before.data, event.data)) return;
    throw new ProblemError(HttpProblem.EventIdReused, { extensions: { eventId: event.id } });
  }
}

function sameJson(a: unknown, b: unknown): boolean {
  return canonicalJson(a as Json) === canonicalJson(b as Json);
}

function isOutage(error: unknown): boolean {
  return error instanceof StoreUnavailableError;
}

function rejected(index: number, error: unknown): BatchResult {
  const { details, status, problem, message } = problemOf(error, [recordProblem]);
  if (status === 500) throw error;
  const { code } = PROBLEM_CATALOG[problem];
  const errors = details.errors === undefined ? {} : { errors: details.errors };
  return { index, status: 'rejected', code, detail: message, ...errors };
}
