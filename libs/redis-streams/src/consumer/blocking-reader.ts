import type { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import type { StreamEntry } from '../stream-entry.js';
import { isError } from '../is-error.js';

interface BlockingReaderOptions {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
  /** Most entries per read. */
  readonly count: number;
  /** How long Redis holds an empty read, ms. */
  readonly blockMs: number;
  /** How much longer than `blockMs` a read may take before the connection is given up, ms. */
  readonly graceMs: number;
  /** Opens a connection of the `blocking` profile (not yet connected). */
  readonly open: () => Redis;
}

type ReadReply = [stream: string, entries: [id: string, fields: string[]][]][] | null;

/** A read that neither answered nor failed in time: Redis is frozen or the network swallows packets. */
class ReadTimeoutError extends Error {
  override readonly name = 'ReadTimeoutError';
  readonly code = 'ETIMEDOUT';
}

/**
 * Reads new entries of a consumer group over a connection of its own, one read at a time.
 *
 * A lost connection fails the read; the next `read` opens a new one. Whatever Redis handed out in a reply
 * that never arrived stays pending, so after a failure the owner looks through its own pending entries.
 */
export class BlockingReader {
  private client: Redis | undefined;
  private clientId: number | undefined;
  private connections = 0;
  private outstanding: Promise<readonly StreamEntry[]> | undefined;
  private lastError: Error | undefined;

  constructor(
    private readonly options: BlockingReaderOptions,
    private readonly clock: Clock,
  ) {}

  /** Connections opened after the first one. */
  get reconnects(): number {
    return Math.max(0, this.connections - 1);
  }

  /** New entries, oldest first; empty when none came within `blockMs`. Rejects when the connection fails. */
  read(): Promise<readonly StreamEntry[]> {
    const reading = this.readOnce().finally(() => {
      if (this.outstanding === reading) this.outstanding = undefined;
    });
    this.outstanding = reading;
    reading.catch(() => undefined); // it may fail long before anybody awaits it
    return reading;
  }

  /** Makes a waiting read return now, with what it has. Entries can't get lost by this. */
  async unblock(commands: Redis): Promise<void> {
    if (!this.outstanding || this.clientId === undefined) return;
    await commands.client('UNBLOCK', this.clientId).catch(() => undefined); // it will time out by itself
  }

  /** Resolves when no read is under way; its entries are dropped here and stay pending in Redis. */
  async settle(): Promise<void> {
    await this.outstanding?.catch(() => undefined);
  }

  close(): void {
    const { client } = this;
    this.client = undefined;
    this.clientId = undefined;
    if (!client) return;
    client.disconnect();
    // Polite closing waits for the peer's FIN, which a frozen Redis never sends.
    client.stream?.destroy();
  }

  private async readOnce(): Promise<readonly StreamEntry[]> {
    try {
      const client = this.client ?? (await this.connect());
      const { group, consumer, count, blockMs, stream } = this.options;
      const reply = client.xreadgroup(
        ...(['GROUP', group, consumer, 'COUNT', count, 'BLOCK', blockMs, 'STREAMS', stream, '>'] as const),
      ) as Promise<ReadReply>;
      return toEntries(await this.within(blockMs + this.options.graceMs, reply));
    } catch (error) {
      if (isConnectionGone(error)) this.close();
      throw error;
    }
  }

  private async connect(): Promise<Redis> {
    const client = this.options.open();
    client.on('error', (error) => (this.lastError = error));
    this.client = client;
    this.connections += 1;
    this.lastError = undefined;
    try {
      const connected = client.connect().then(() => client.client('ID'));
      const id = await this.within(this.options.blockMs + this.options.graceMs, connected);
      if (this.client === client) this.clientId = id;
      return client;
    } catch (error) {
      this.close();
      // "Connection is closed" says nothing; the reason (refused, wrong password) came as an event before.
      throw this.lastError ?? error;
    }
  }

  private within<T>(ms: number, answer: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const cancel = this.clock.after(ms, () =>
        reject(new ReadTimeoutError(`no answer from Redis within ${ms} ms`)),
      );
      void answer.then(resolve, reject).finally(cancel);
    });
  }
}

/** An error *reply* leaves the connection usable; anything else means that it is gone. */
function isConnectionGone(error: unknown): boolean {
  return !(isError(error) && error.name === 'ReplyError');
}

function toEntries(reply: ReadReply): readonly StreamEntry[] {
  const entries = reply?.[0]?.[1] ?? [];
  return entries.map(([id, fields]) => ({ id, fields }));
}
