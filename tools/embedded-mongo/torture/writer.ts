import { MongoError, MongoServerError, type ClientSession, type Collection, type MongoClient } from 'mongodb';
import { ACCOUNTS, collections, type Item } from './data-set.js';
import type { Gate } from './gate.js';
import type { Ledger, State } from './ledger.js';
import type { Random } from '@redis-mongo-sync/testing';

interface WriterSettings {
  client: MongoClient;
  number: number;
  random: Random;
  ledger: Ledger;
  gate: Gate;
}

/** A document and what the write under way makes of it. */
interface Effect {
  id: string;
  before: State;
  after: State;
}

const BATCH = 5;
const TRY_AGAIN = ['RetryableWriteError', 'TransientTransactionError', 'UnknownTransactionCommitResult'];

/** Writes its own documents one operation after the other, and takes part in transfers between accounts. */
export class Writer {
  /** Errors that an interrupted write cannot explain. */
  readonly surprises: string[] = [];
  /** No operation is under way. */
  resting = false;
  private readonly live = new Map<string, number>();
  private readonly items: Collection<Item>;
  private readonly accounts: Collection<Item>;
  private made = 0;
  private stopped = false;

  constructor(private readonly settings: WriterSettings) {
    ({ items: this.items, accounts: this.accounts } = collections(settings.client));
  }

  async run(): Promise<void> {
    for (;;) {
      this.resting = true;
      await this.settings.gate.pass();
      if (this.stopped) return;
      this.resting = false;
      await this.step();
    }
  }

  stop(): void {
    this.stopped = true;
  }

  private step(): Promise<void> {
    const { random } = this.settings;
    const ids = [...this.live.keys()];
    const choice = random.next();
    if (choice < 0.1) return this.transfer();
    if (choice < 0.25) return this.insert(BATCH);
    if (choice < 0.5 || ids.length === 0) return this.insert(1);
    const id = random.pick(ids);
    return choice < 0.9 ? this.increment(id) : this.remove(id);
  }

  private insert(count: number): Promise<void> {
    const documents = Array.from({ length: count }, () => ({ _id: this.newId(), value: 0 }));
    const effects = documents.map(({ _id }) => ({ id: _id, before: 'absent' as const, after: 0 }));
    return this.attempt(effects, () => this.items.insertMany(documents));
  }

  private increment(id: string): Promise<void> {
    const before = this.live.get(id) ?? 0;
    return this.attempt([{ id, before, after: before + 1 }], async () => {
      const { matchedCount } = await this.items.updateOne({ _id: id }, { $inc: { value: 1 } });
      if (matchedCount !== 1) this.surprises.push(`${id} was not there to be updated`);
    });
  }

  private remove(id: string): Promise<void> {
    return this.attempt([{ id, before: this.live.get(id) ?? 0, after: 'absent' }], async () => {
      const { deletedCount } = await this.items.deleteOne({ _id: id });
      if (deletedCount !== 1) this.surprises.push(`${id} was not there to be deleted`);
    });
  }

  /** Moves one unit between two accounts and leaves a receipt, all or nothing. */
  private transfer(): Promise<void> {
    const { client, random } = this.settings;
    const from = random.between(0, ACCOUNTS);
    const to = (from + random.between(1, ACCOUNTS)) % ACCOUNTS;
    const receipt = this.newId();
    const move = async (session: ClientSession) => {
      await this.accounts.updateOne({ _id: `account-${from}` }, { $inc: { value: -1 } }, { session });
      await this.accounts.updateOne({ _id: `account-${to}` }, { $inc: { value: 1 } }, { session });
      await this.items.insertOne({ _id: receipt, value: 0 }, { session });
    };
    return this.attempt([{ id: receipt, before: 'absent', after: 0 }], () =>
      client.withSession((session) => session.withTransaction(() => move(session))),
    );
  }

  private async attempt(effects: readonly Effect[], write: () => Promise<unknown>): Promise<void> {
    const { ledger } = this.settings;
    try {
      await write();
    } catch (error) {
      if (!isInterruption(error)) this.surprises.push(String(error));
      for (const { id, before, after } of effects) {
        this.live.delete(id);
        ledger.doubt(id, before, after);
      }
      return;
    }
    for (const { id, after } of effects) {
      ledger.acknowledge(id, after);
      if (after === 'absent') this.live.delete(id);
      else this.live.set(id, after);
    }
  }

  private newId(): string {
    return `${this.settings.number}-${this.made++}`;
  }
}

/** No answer, or one that only says "try again". A refused write would be a surprise. */
function isInterruption(error: unknown): boolean {
  if (!(error instanceof MongoError)) return false;
  const isAnswer = error instanceof MongoServerError && error.code !== undefined;
  return !isAnswer || TRY_AGAIN.some((label) => error.hasErrorLabel(label));
}
