import { HttpProblem, ProblemError } from '@redis-mongo-sync/service-kit';
import { withRedisErrors } from '@redis-mongo-sync/sync-adapters';
import type { Redis } from 'ioredis';
import { EVENT_SCRIPTS } from '../scripts.js';
import { withStreamErrors } from './with-stream-errors.js';
import { AUDIT_GROUP, EVENT_KEYS, EVENT_STREAMS, EVENT_TOPICS, PROCESSING_GROUPS } from './event-streams.js';

export interface StreamDirectoryOptions {
  readonly redis: Redis;
  /** Most streams there may be, the product's own counted. */
  readonly maxStreams: number;
}

/** Then a registration is repeated: Redis may have been wiped. */
const TRUSTED_MS = 10_000;

const OWN_STREAMS: readonly string[] = Object.values(EVENT_STREAMS);

/** Knows every stream with events, and gives each the groups that must read it before it may be trimmed. */
export class StreamDirectory {
  /** Stream → its registration, and when that began. Requests that come together share one. */
  private readonly registered = new Map<string, { readonly at: number; readonly done: Promise<void> }>();

  constructor(private readonly options: StreamDirectoryOptions) {}

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
    const known = await withRedisErrors(() => this.options.redis.smembers(EVENT_KEYS.streams));
    return [...OWN_STREAMS, ...known.filter((name) => !OWN_STREAMS.includes(name)).sort()];
  }

  private async add(stream: string): Promise<void> {
    const { redis, maxStreams } = this.options;
    const known = await withStreamErrors(() =>
      EVENT_SCRIPTS.registerStream.run(
        redis,
        [EVENT_KEYS.streams, stream],
        [maxStreams, ...groupsOf(stream)],
      ),
    );
    if (known === 1) return;
    throw new ProblemError(HttpProblem.Unprocessable, {
      detail: `there are ${maxStreams} streams with events already; use one of them, or raise EVENTS_MAX_STREAMS`,
    });
  }
}

/** The groups that read a stream, whoever started them. */
export function groupsOf(stream: string): readonly string[] {
  const topic = EVENT_TOPICS.find((name) => EVENT_STREAMS[name] === stream);
  return topic === undefined ? [AUDIT_GROUP] : [PROCESSING_GROUPS[topic], AUDIT_GROUP];
}
