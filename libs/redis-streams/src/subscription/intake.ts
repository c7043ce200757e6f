import type { MessagingObserver } from '../bus/messaging-observer.js';
import type { EntryFailure } from '../consumer/consumer-options.js';
import { decodeEvent } from '../envelope/event-codec.js';
import type { MessageEvent } from '../envelope/message-event.js';
import { MessagingError } from '../envelope/messaging-error.js';
import type { StreamEntry } from '../stream-entry.js';
import type { Siblings } from './group-types.js';
import type { Route, Routes } from './routes.js';
import type { Settlement } from './settlement.js';
import type { ResolvedOptions } from './subscribe-options.js';

export interface IntakeOptions {
  readonly stream: string;
  readonly group: string;
  readonly routes: Routes;
  /** Null: there can't be any. */
  readonly siblings: Siblings | null;
  readonly options: ResolvedOptions;
  readonly settlement: Settlement;
  readonly observer: MessagingObserver;
}

interface Undirected {
  readonly entry: StreamEntry;
  readonly event: MessageEvent;
}

/** An event for a handler. */
export interface Message extends Undirected {
  readonly route: Route;
}

/** What comes in from the stream, before any handler: of the entries of a batch, the messages that are to be handled. */
export class Intake {
  constructor(private readonly it: IntakeOptions) {}

  /** Acks what needs no handling. Entries that hold no event, or one that no handler may miss, go to `failures`. */
  async take(entries: readonly StreamEntry[], failures: EntryFailure[]): Promise<readonly Message[]> {
    return this.unhandled(await this.directed(this.decode(entries, failures), failures));
  }

  private decode(entries: readonly StreamEntry[], failures: EntryFailure[]): readonly Undirected[] {
    return entries.flatMap((entry) => {
      try {
        return [{ entry, event: decodeEvent(entry) }];
      } catch (error) {
        this.tellFailed('', error);
        failures.push({ id: entry.id, error, retry: false });
        return [];
      }
    });
  }

  /** Finds a route for each message. One without a route is acked, or dead-lettered: see `unhandled` of the options. */
  private async directed(
    messages: readonly Undirected[],
    failures: EntryFailure[],
  ): Promise<readonly Message[]> {
    const { routes, siblings, options, settlement } = this.it;
    const directed: Message[] = [];
    const strangers: Undirected[] = [];
    for (const message of messages) {
      const route = routes.of(message.event.type);
      if (route) directed.push({ ...message, route });
      else strangers.push(message);
    }
    if (strangers.length === 0) return directed;
    const types = new Set(strangers.map(({ event }) => event.type));
    const wanted = options.unhandled === 'dead-letter' ? types : await siblings?.wanted([...types]);
    const ignored = strangers.filter(({ event }) => !wanted?.has(event.type));
    for (const { entry, event } of strangers) {
      if (!wanted?.has(event.type)) continue;
      const error = new MessagingError(
        'NO_HANDLER',
        `this process of the group has no handler for ${event.type}`,
      );
      this.tellFailed(event.type, error);
      failures.push({ id: entry.id, error, retry: false });
    }
    if (ignored.length > 0) await settlement.settle(ignored.map(settlingOf));
    return directed;
  }

  /** Acks what needs no handling: handled before, or twice in this batch. */
  private async unhandled(messages: readonly Message[]): Promise<readonly Message[]> {
    const { settlement, options } = this.it;
    const known = new Set(
      options.deduplicate ? await settlement.handled(messages.map(({ event }) => event.id)) : [],
    );
    const wanted = new Map<string, Message>();
    const rest: Message[] = [];
    for (const message of messages) {
      const { id, type } = message.event;
      if (known.has(id)) {
        this.it.observer.skipped?.({ ...this.names, type });
        rest.push(message);
      } else if (!options.deduplicate) wanted.set(message.entry.id, message);
      // The second entry of one id waits, pending, for the fate of the first.
      else if (!wanted.has(id)) wanted.set(id, message);
    }
    if (rest.length > 0) await settlement.settle(rest.map(settlingOf));
    return [...wanted.values()];
  }

  private get names(): { readonly stream: string; readonly group: string } {
    return { stream: this.it.stream, group: this.it.group };
  }

  private tellFailed(type: string, error: unknown): void {
    this.it.observer.failed?.({ ...this.names, type, error, willRetry: false });
  }
}

function settlingOf({ entry, event }: Undirected) {
  return { entryId: entry.id, eventId: event.id, effects: [] };
}
