import type {
  ChangeStream,
  ChangeStreamDocument,
  ChangeStreamOptions,
  MongoClient,
  ResumeToken,
} from 'mongodb';
import { database, END, type Item } from './data-set.js';
import type { Ledger } from './ledger.js';

type ResumeOption = 'resumeAfter' | 'startAfter';

/**
 * Follows a change stream over all restarts and rebuilds the data from it. The driver resumes by itself; when
 * it gives up, the stream is opened again after the last token.
 */
export class Watcher {
  events = 0;
  /** What came twice, and what did not come, as far as it shows; in words. */
  readonly duplicates: string[] = [];
  readonly missing: string[] = [];
  private readonly tokens = new Set<unknown>();
  private readonly rebuilt = new Map<string, number>();
  private readonly everSeen = new Set<string>();
  private token: ResumeToken;
  private stopped = false;
  private stream: ChangeStream<Item> | undefined;

  constructor(
    private readonly client: MongoClient,
    private readonly how: ResumeOption,
  ) {}

  /** Resolves when the first stream is open. */
  async open(): Promise<void> {
    const options: ChangeStreamOptions = this.token === undefined ? {} : { [this.how]: this.token };
    this.stream = database(this.client).watch<Item>([], options);
    await this.stream.tryNext();
  }

  /** Resolves when the end mark was seen, or after {@link stop}. */
  async run(): Promise<void> {
    while (!this.stopped) {
      try {
        if (!this.stream) await this.open();
        await this.follow();
        return;
      } catch {
        await this.close();
      }
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.close();
  }

  /** Compares what was rebuilt with what is there; differences count as missing events. */
  compare(found: ReadonlyMap<string, number>, ledger: Ledger): void {
    for (const id of new Set([...found.keys(), ...this.rebuilt.keys(), ...ledger.ids])) {
      const [told, there] = [this.rebuilt.get(id), found.get(id)];
      if (id !== END && told !== there)
        this.missing.push(`${id}: ${told} by its events, ${there} in the data`);
    }
  }

  private async follow(): Promise<void> {
    const { stream } = this;
    while (stream && !this.stopped) {
      const event = await stream.next();
      this.token = event._id;
      if (!('documentKey' in event)) continue;
      const { _id: id } = event.documentKey as Item;
      if (id === END) return;
      this.take(event, id);
    }
  }

  private take(event: ChangeStreamDocument<Item>, id: string): void {
    this.events++;
    const { _data: token } = event._id as { _data: unknown };
    if (this.tokens.has(token)) {
      this.duplicates.push(`${id}: token ${String(token)}`);
      return;
    }
    this.tokens.add(token);
    switch (event.operationType) {
      case 'insert':
        if (this.everSeen.has(id)) this.duplicates.push(`${id}: inserted again`);
        this.everSeen.add(id);
        this.rebuilt.set(id, event.fullDocument.value);
        return;
      case 'update':
        this.takeUpdate(id, Number(event.updateDescription.updatedFields?.value));
        return;
      case 'delete':
        if (!this.rebuilt.delete(id)) this.missing.push(`${id}: deleted, but not inserted`);
        return;
      default:
        this.missing.push(`${id}: ${event.operationType} instead`);
    }
  }

  /** The value of an item goes up one by one, that of an account changes by one: a gap or a step back shows. */
  private takeUpdate(id: string, value: number): void {
    const before = this.rebuilt.get(id);
    this.rebuilt.set(id, value);
    if (before === undefined) this.missing.push(`${id}: updated, but not inserted`);
    else if (id.startsWith('account-')) {
      if (Math.abs(before - value) !== 1) this.missing.push(`${id}: from ${before} to ${value}`);
    } else if (value <= before) this.duplicates.push(`${id}: from ${before} to ${value}`);
    else if (value > before + 1) this.missing.push(`${id}: from ${before} to ${value}`);
  }

  private async close(): Promise<void> {
    const { stream } = this;
    this.stream = undefined;
    await stream?.close().catch(() => undefined);
  }
}
