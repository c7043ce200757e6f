import {
  BSON,
  MongoClient,
  type CommandFailedEvent,
  type CommandStartedEvent,
  type CommandSucceededEvent,
  type MongoClientOptions,
} from 'mongodb';
import type { Fields } from './fields.js';

/** An event by the name the test files give it. Documents are copies: the driver changes its own later. */
export interface ObservedEvent {
  type: string;
  commandName: string;
  databaseName?: string;
  command?: unknown;
  reply?: unknown;
}

interface ObservedClientSettings {
  uri: string;
  observeEvents: readonly string[];
  ignoreCommands: readonly string[];
  options: MongoClientOptions;
}

/** A client, the events a test asked for, and the session ids of all commands. */
export class ObservedClient {
  readonly client: MongoClient;
  readonly events: ObservedEvent[] = [];
  /** `lsid` of every command that had one, in order. */
  readonly sessionIds: unknown[] = [];
  /** Connections in use right now. */
  checkedOut = 0;
  private readonly ignored: ReadonlySet<string>;

  constructor({ uri, observeEvents, ignoreCommands, options }: ObservedClientSettings) {
    this.ignored = new Set([...ignoreCommands, 'configureFailPoint']);
    this.client = new MongoClient(uri, { ...options, monitorCommands: true });
    this.client.on('commandStarted', ({ command }: CommandStartedEvent) => {
      const { lsid } = command;
      if (lsid !== undefined) this.sessionIds.push(lsid);
    });
    this.client.on('connectionCheckedOut', () => this.checkedOut++);
    this.client.on('connectionCheckedIn', () => this.checkedOut--);
    this.observe(observeEvents);
  }

  private observe(wanted: readonly string[]): void {
    const isWanted = new Set(wanted);
    if (isWanted.has('commandStartedEvent')) {
      this.client.on('commandStarted', ({ commandName, databaseName, command }: CommandStartedEvent) => {
        this.record({ type: 'commandStartedEvent', commandName, databaseName, command: copyOf(command) });
      });
    }
    if (isWanted.has('commandSucceededEvent')) {
      this.client.on('commandSucceeded', ({ commandName, reply }: CommandSucceededEvent) => {
        this.record({ type: 'commandSucceededEvent', commandName, reply });
      });
    }
    if (isWanted.has('commandFailedEvent')) {
      this.client.on('commandFailed', ({ commandName }: CommandFailedEvent) => {
        this.record({ type: 'commandFailedEvent', commandName });
      });
    }
  }

  private record(event: ObservedEvent): void {
    if (!this.ignored.has(event.commandName)) this.events.push(event);
  }
}

function copyOf(command: Fields): unknown {
  return BSON.EJSON.deserialize(BSON.EJSON.serialize(command, { relaxed: false }), { relaxed: true });
}
