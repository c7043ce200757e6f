import { EVENT_STREAMS, KNOWN_STREAMS_KEY, registerStream } from '@redis-mongo-sync/event-contract';
import { HttpProblem, ProblemError } from '@redis-mongo-sync/service-kit';
import { withRedisErrors } from '@redis-mongo-sync/sync-adapters';
import { Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { EventsSettings } from '../events-settings.js';
import { withStreamErrors } from './with-stream-errors.js';

/** Then a registration is repeated: Redis may have been wiped. */
const TRUSTED_MS = 10_000;

const OWN_STREAMS: readonly string[] = Object.values(EVENT_STREAMS);

/** Knows every stream with events, and gives each the groups that must read it before it may be trimmed. */
@Injectable()
export class StreamDirectory {
  /** Stream → its registration, and when that began. Requests that come together share one. */
  private readonly registered = new Map<string, { readonly at: number; readonly done: Promise<void> }>();

  constructor(
    private readonly redis: Redis,
    private readonly settings: EventsSettings,
  ) {}

  /**
   * Makes a stream known before its first event, so that its readers find it.
   *
   * @throws ProblemError `Unprocessable` when there are too many already; StoreUnavailableError
   */
  register(stream: string): Promise<void> {
    const known = this.registered.get(stream);
    if (known && Date.now() - known.at < TRUSTED_MS) return known.done;
    const done = this.add(stream);
    this.registered.set(stream, { at: Date.now(), done });
    done.catch(() => this.registered.delete(stream));
    return done;
  }

  /** Registers the product's own streams. */
  async prepare(): Promise<void> {
    for (const stream of OWN_STREAMS) await this.register(stream);
  }

  /** Every known stream, the product's own first. */
  async list(): Promise<readonly string[]> {
    const known = await withRedisErrors(() => this.redis.smembers(KNOWN_STREAMS_KEY));
    return [...OWN_STREAMS, ...known.filter((name) => !OWN_STREAMS.includes(name)).sort()];
  }

  private async add(stream: string): Promise<void> {
    const { maxStreams } = this.settings;
    if (await withStreamErrors(() => registerStream(this.redis, stream, maxStreams))) return;
    throw new ProblemError(HttpProblem.Unprocessable, {
      detail: `there are ${maxStreams} streams with events already; use one of them, or raise EVENTS_MAX_STREAMS`,
    });
  }
}
