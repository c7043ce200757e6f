import type { AuditLog, RecordedEntry } from '@redis-mongo-sync/audit-log';
import { HttpProblem, ProblemError, RETRY_AFTER_SECONDS } from '@redis-mongo-sync/service-kit';
import { recordedEvent } from './recorded-event.js';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

interface EventFollowersOptions {
  readonly log: Pick<AuditLog, 'tail'>;
  readonly maxFollowers: number;
  /** A comment is sent this often, so that no proxy takes the connection for dead, ms. */
  readonly heartbeatMs?: number;
  /** A client that takes nothing for this long is dropped, ms. */
  readonly patienceMs?: number;
}

interface Following {
  readonly afterSequence: number;
  readonly stream?: string;
  readonly type?: string;
}

const HEARTBEAT_MS = 15_000;
const PATIENCE_MS = 10_000;
/** How soon a browser that lost the connection comes back, ms. */
const RETRY_MS = 2_000;

/**
 * Clients that follow the audit log as server-sent events. Each reads the log at its own pace: nothing is held for a
 * slow one but the page in hand, and one that takes nothing is dropped – it comes back with `Last-Event-ID` and misses
 * nothing.
 */
export class EventFollowers {
  private readonly clients = new Set<AbortController>();
  private closing = false;

  constructor(private readonly options: EventFollowersOptions) {}

  get count(): number {
    return this.clients.size;
  }

  /** Takes a place. @throws ProblemError `TooManyFollowers`, also while stopping */
  admit(): AbortController {
    if (this.closing || this.clients.size >= this.options.maxFollowers) {
      throw new ProblemError(HttpProblem.TooManyFollowers, {
        detail: this.closing
          ? 'the service is stopping'
          : `${this.options.maxFollowers} clients follow already`,
        headers: { 'retry-after': RETRY_AFTER_SECONDS },
      });
    }
    const client = new AbortController();
    this.clients.add(client);
    return client;
  }

  /** Gives the place back, of a client that could not be served. */
  release(client: AbortController): void {
    this.clients.delete(client);
  }

  /** Sends events until the client leaves, is too slow, or the service stops. Never rejects. */
  async serve(client: AbortController, to: Writable, following: Following): Promise<void> {
    const { heartbeatMs = HEARTBEAT_MS } = this.options;
    const leave = () => client.abort();
    to.on('close', leave).on('error', leave);
    const heartbeat = setInterval(() => to.writableNeedDrain || to.write(': still here\n\n'), heartbeatMs);
    try {
      to.write(`retry: ${RETRY_MS}\n: following\n\n`);
      for await (const entry of this.options.log.tail(following.afterSequence, client.signal)) {
        if (!concerns(entry, following)) continue;
        if (!to.write(frameOf(entry))) await this.drained(to, client.signal);
      }
    } catch {
      // The client left, was too slow, or the log was closed: it comes back and goes on where it was.
    } finally {
      clearInterval(heartbeat);
      this.clients.delete(client);
      to.end();
    }
  }

  /** Ends all, so that the server can close. */
  close(): void {
    this.closing = true;
    for (const client of this.clients) client.abort();
  }

  private async drained(to: Writable, signal: AbortSignal): Promise<void> {
    const { patienceMs = PATIENCE_MS } = this.options;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    try {
      await once(to, 'drain', { signal: patience });
    } catch (error) {
      to.destroy(); // what is buffered would never be taken
      throw error;
    }
  }
}

function concerns(entry: RecordedEntry, { stream, type }: Following): boolean {
  return (stream === undefined || entry.stream === stream) && (type === undefined || entry.type === type);
}

/** The id is the place in the log: what `Last-Event-ID` brings back. No event name, so that `onmessage` hears all. */
function frameOf(entry: RecordedEntry): string {
  return `id: ${entry.sequence}\ndata: ${JSON.stringify(recordedEvent(entry))}\n\n`;
}
