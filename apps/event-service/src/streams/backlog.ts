import { HttpProblem, ProblemError, RETRY_AFTER_SECONDS } from '@redis-mongo-sync/service-kit';
import { Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { EventsSettings } from '../events-settings.js';

/** How old a length may be. */
const FRESH_MS = 1_000;

/**
 * Refuses events for a stream that has grown beyond its cap. Streams are trimmed to what every group has read, so a
 * long one means that a group does not keep up, e.g. because the audit log's store is down: better refuse new events
 * than drop accepted ones or fill Redis.
 */
@Injectable()
export class Backlog {
  private readonly lengths = new Map<string, { length: number; at: number }>();

  constructor(
    private readonly redis: Redis,
    private readonly settings: EventsSettings,
  ) {}

  /** Looks at the length as of a moment ago, and asks for the present one. @throws ProblemError `EventsBacklogged` */
  check(stream: string, now = Date.now()): void {
    const known = this.lengths.get(stream);
    if (!known || now - known.at > FRESH_MS) this.refresh(stream, now);
    const { maxBacklog } = this.settings;
    if (!known || known.length <= maxBacklog) return;
    throw new ProblemError(HttpProblem.EventsBacklogged, {
      detail: `${stream} holds ${known.length} events that are not worked off, more than ${maxBacklog}`,
      headers: { 'retry-after': RETRY_AFTER_SECONDS },
      extensions: { stream },
    });
  }

  private refresh(stream: string, now: number): void {
    this.lengths.set(stream, { length: this.lengths.get(stream)?.length ?? 0, at: now });
    this.redis.xlen(stream).then(
      (length) => this.lengths.set(stream, { length, at: now }),
      () => undefined, // publishing itself will say that Redis does not answer
    );
  }
}
