import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient, type Collection } from 'mongodb';
import { ACCOUNTS, BALANCE, CLIENT_OPTIONS, collections, END, type Item } from './data-set.js';
import { Gate } from './gate.js';
import { Ledger, type Discrepancy, type State } from './ledger.js';
import { MOMENTS } from './moment.js';
import type { TortureOptions } from './options.js';
import { Random } from '@redis-mongo-sync/testing';
import { Victim } from './victim.js';
import { Watcher } from './watcher.js';
import { Writer } from './writer.js';

export interface TortureReport {
  kills: number;
  acknowledged: number;
  /** Documents whose last write never got an answer. */
  inDoubt: number;
  /** Acknowledged writes that are not there, or half of a transaction. */
  lost: string[];
  /** Writes that took effect more often than asked for. */
  twice: string[];
  /** Of all watchers together. */
  events: number;
  duplicatedEvents: string[];
  missingEvents: string[];
  /** Errors that a kill does not explain. */
  surprises: string[];
  longestRestartMs: number;
}

const PROGRESS_MS = 60_000;
const LONGEST_PAUSE_MS = 250;

/** Runs the whole torture. `onKill` hears of the progress. */
export async function torture(
  options: TortureOptions,
  onKill: (kill: number) => void = () => undefined,
): Promise<TortureReport> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-mongo-torture-'));
  const victim = new Victim({ folder, fsync: options.fsync });
  await victim.start();
  const run = await TortureRun.begin(options, victim);
  try {
    for (let kill = 1; kill <= options.kills; kill++) {
      await run.killUnderLoad();
      onKill(kill);
    }
    return await run.conclude();
  } finally {
    await run.close();
    await victim.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

class TortureRun {
  private readonly ledger = new Ledger();
  private readonly gate = new Gate();
  private readonly random: Random;
  private readonly discrepancies: Discrepancy[] = [];
  private readonly writers: Writer[];
  private readonly watchers: Watcher[];
  private readonly items: Collection<Item>;
  private readonly accounts: Collection<Item>;
  private running: Promise<void>[] = [];
  private kills = 0;

  private constructor(
    { seed, writers }: TortureOptions,
    private readonly victim: Victim,
    private readonly clients: readonly MongoClient[],
  ) {
    const [checker, first, second, ...others] = clients;
    if (!checker || !first || !second) throw new Error('too few clients');
    this.random = new Random(seed);
    ({ items: this.items, accounts: this.accounts } = collections(checker));
    this.watchers = [new Watcher(first, 'resumeAfter'), new Watcher(second, 'startAfter')];
    this.writers = others.slice(0, writers).map((client, number) => {
      const random = new Random(this.random.between(0, 2 ** 31));
      return new Writer({ client, number, random, ledger: this.ledger, gate: this.gate });
    });
  }

  static async begin(options: TortureOptions, victim: Victim): Promise<TortureRun> {
    const clients = Array.from(
      { length: options.writers + 3 },
      () => new MongoClient(victim.uri, CLIENT_OPTIONS),
    );
    const run = new TortureRun(options, victim, clients);
    for (const watcher of run.watchers) await watcher.open();
    const accounts = Array.from({ length: ACCOUNTS }, (_, at) => ({ _id: `account-${at}`, value: BALANCE }));
    await run.accounts.insertMany(accounts);
    run.running = [...run.writers, ...run.watchers].map((it) => it.run());
    return run;
  }

  /** Ends the process while everybody works, starts it again and checks what was acknowledged until then. */
  async killUnderLoad(): Promise<void> {
    await this.untilAllProgress();
    await wait(this.random.between(0, LONGEST_PAUSE_MS));
    await this.victim.kill(this.random.pick(MOMENTS));
    this.kills++;
    this.gate.close();
    await this.victim.start();
    await this.untilAtRest();
    await this.check(this.ledger.takeChanged());
    this.gate.open();
  }

  async conclude(): Promise<TortureReport> {
    for (const writer of this.writers) writer.stop();
    await this.untilAtRest();
    await this.items.insertOne({ _id: END, value: 0 });
    await withinProgressTime(Promise.all(this.running), 'the watchers did not see the end');
    const found = await this.everything();
    for (const id of this.ledger.ids) this.note(this.ledger.check(id, found.get(id) ?? 'absent'));
    for (const watcher of this.watchers) watcher.compare(found, this.ledger);
    return this.report();
  }

  async close(): Promise<void> {
    for (const writer of this.writers) writer.stop();
    this.gate.open();
    for (const watcher of this.watchers) await watcher.stop();
    for (const client of this.clients) await client.close();
  }

  private report(): TortureReport {
    const says = (kind: Discrepancy['kind']) =>
      this.discrepancies.filter((it) => it.kind === kind).map((it) => it.says);
    return {
      kills: this.kills,
      acknowledged: this.ledger.acknowledged,
      inDoubt: this.ledger.ids.filter((id) => this.ledger.isInDoubt(id)).length,
      lost: says('lost'),
      twice: says('twice'),
      events: this.watchers.reduce((sum, { events }) => sum + events, 0),
      duplicatedEvents: this.watchers.flatMap(({ duplicates }) => duplicates),
      missingEvents: this.watchers.flatMap(({ missing }) => missing),
      surprises: this.writers.flatMap((writer) => writer.surprises),
      longestRestartMs: Math.max(...this.victim.restarts),
    };
  }

  /** Every stream brings events again, and writes are acknowledged again. */
  private async untilAllProgress(): Promise<void> {
    const before = this.watchers.map(({ events }) => events);
    const { acknowledged } = this.ledger;
    await until(
      () =>
        this.ledger.acknowledged > acknowledged &&
        this.watchers.every(({ events }, at) => events > (before[at] ?? 0)),
      'no progress: a stream or the writers did not go on',
    );
  }

  private untilAtRest(): Promise<void> {
    return until(() => this.writers.every(({ resting }) => resting), 'a writer did not come to rest');
  }

  private async check(changed: ReadonlyMap<string, readonly State[]>): Promise<void> {
    const documents = await this.items.find({ _id: { $in: [...changed.keys()] } }).toArray();
    const found = new Map(documents.map(({ _id, value }) => [_id, value]));
    for (const [id, possible] of changed) {
      this.note(this.ledger.check(id, found.get(id) ?? 'absent', [...possible]));
    }
    const accounts = await this.accounts.find().toArray();
    const total = accounts.reduce((sum, { value }) => sum + value, 0);
    if (total !== ACCOUNTS * BALANCE) {
      this.note({ kind: 'lost', id: 'accounts', says: `the balances sum up to ${total}` });
    }
  }

  private async everything(): Promise<Map<string, number>> {
    const documents = [...(await this.items.find().toArray()), ...(await this.accounts.find().toArray())];
    return new Map(documents.map(({ _id, value }) => [_id, value]));
  }

  private note(discrepancy: Discrepancy | undefined): void {
    if (discrepancy) this.discrepancies.push(discrepancy);
  }
}

async function until(holds: () => boolean, otherwise: string): Promise<void> {
  const deadline = Date.now() + PROGRESS_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(otherwise);
    await wait(5);
  }
}

async function withinProgressTime(promise: Promise<unknown>, otherwise: string): Promise<void> {
  let done = false;
  void promise.finally(() => (done = true));
  await until(() => done, otherwise);
}
