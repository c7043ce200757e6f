import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS, type Direction } from '@redis-mongo-sync/sync-core';
import type { ChangeStreamDocument, ResumeToken } from 'mongodb';
import type { ChaosWorld } from './chaos-world.js';
import { Landings } from './landings.js';

const LOOK_EVERY_MS = 100;
const AFTER_AN_ERROR_MS = 300;

type Unchecked = Readonly<Record<string, unknown>>;

/** One thing that was seen, or done to the world. */
export interface Seen {
  /** ms since the run began. */
  readonly at: number;
  readonly where: Direction | 'mongo' | 'fault';
  /** The record's key, where it is one record's. */
  readonly key: string | null;
  readonly what: string;
}

/**
 * Writes down what passes through the streams and Mongo, for the trace of a record that came to harm. It looks every
 * 100 ms: what a fault deletes in between is missing.
 */
export class Recorder {
  readonly file: string;
  readonly landings = new Landings();
  private readonly out: WriteStream;
  private readonly keysById = new Map<string, string>();
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly world: ChaosWorld,
    private readonly now: () => number,
  ) {
    this.file = join(world.logs.folder, 'seen.jsonl');
    this.out = createWriteStream(this.file);
  }

  start(): void {
    this.running = Promise.all([...DIRECTIONS.map((direction) => this.tail(direction)), this.watch()]);
  }

  /** Resolves when everything is in the file. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    if (!this.out.closed) await new Promise<void>((resolve) => this.out.end(resolve));
  }

  fault(what: string): void {
    if (/^redis-(flushall|failover) is over/.test(what)) this.landings.forget();
    this.note({ where: 'fault', key: null, what });
  }

  private note(seen: Omit<Seen, 'at'>): void {
    if (seen.key?.startsWith('probe-')) return; // the tracer's own
    this.out.write(`${JSON.stringify({ at: Math.round(this.now()), ...seen })}\n`);
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async tail(direction: Direction): Promise<void> {
    let last = '0-0';
    while (!this.stopped) {
      const entries = await this.world.redis
        .xrange(KEYS.stream(direction), `(${last}`, '+', 'COUNT', 1_000)
        .catch(() => []);
      for (const [id, [, text = '']] of entries) {
        const { key, version, what } = entryOf(id, text);
        this.note({ where: direction, key, what });
        if (direction === 'redis-to-mongo' && key !== null) this.landings.captured(key, version, this.now());
        last = id;
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  private async watch(): Promise<void> {
    let after: ResumeToken;
    while (!this.stopped) {
      const stream = this.world.users.watch([], after ? { resumeAfter: after, maxAwaitTimeMS: 500 } : {});
      const close = () => void stream.close().catch(() => undefined);
      this.stopping.signal.addEventListener('abort', close, { once: true });
      try {
        for await (const change of stream) {
          after = change._id;
          await this.noteChange(change);
        }
      } catch (error) {
        if (this.stopped) return;
        this.note({
          where: 'mongo',
          key: null,
          what: `not watched for a moment: ${(error as Error).message}`,
        });
        if ((error as { code?: unknown }).code === 286) {
          after = undefined; // the history is lost
          this.landings.forget();
        }
        await sleep(AFTER_AN_ERROR_MS);
      } finally {
        this.stopping.signal.removeEventListener('abort', close);
        close();
      }
    }
  }

  private async noteChange(change: ChangeStreamDocument): Promise<void> {
    if (!('documentKey' in change)) return;
    const { _id } = change.documentKey;
    const id = JSON.stringify(_id);
    const image = 'fullDocument' in change ? change.fullDocument : undefined;
    const values =
      image ?? ('updateDescription' in change ? change.updateDescription.updatedFields : undefined);
    if (!this.keysById.has(id)) {
      // An update names no key; the insert may have been before the watch.
      const document = image ?? (await this.world.users.findOne({ _id }, { projection: { email: 1 } }));
      if (typeof document?.email === 'string') this.keysById.set(id, document.email);
    }
    const { _sync, op } = (values ?? {}) as Unchecked;
    const { version, source } = (_sync ?? {}) as Unchecked;
    const what = [change.operationType, `_id ${id}`, stamp({ version, source }), op];
    const key = this.keysById.get(id) ?? null;
    this.note({ where: 'mongo', key, what: what.filter(Boolean).join(' ') });
    if (key !== null && typeof version === 'number') this.landings.landed(key, version, this.now());
  }
}

function entryOf(id: string, text: string): { key: string | null; version: number; what: string } {
  try {
    const event = JSON.parse(text) as Unchecked;
    const { payload, base, known, changed } = event;
    const name = JSON.stringify((payload as Unchecked | null)?.op ?? '');
    const seen =
      base === undefined
        ? ''
        : ` base ${JSON.stringify(base)} known ${JSON.stringify(known ?? base)} changed ${JSON.stringify(changed ?? '*')}`;
    return {
      key: String(event.key),
      version: Number(event.version),
      what: `${id} ${String(event.op)} ${stamp(event)} ${name}${seen}`,
    };
  } catch {
    return { key: null, version: 0, what: `${id} unparsable` };
  }
}

function stamp({ version, source }: Unchecked): string {
  return version === undefined
    ? 'no version'
    : `${JSON.stringify(version)} ${typeof source === 'string' ? source : ''}`.trimEnd();
}
