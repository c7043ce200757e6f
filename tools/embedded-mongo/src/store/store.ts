import { commandError } from '../errors.js';
import { encodeCommit } from '../journal/entry-codec.js';
import type { Journal } from '../journal/journal.js';
import type { SessionRecord } from '../session/session-table.js';
import { SessionTable } from '../session/session-table.js';
import type { Change } from './change.js';
import { LogicalClock } from './clock.js';
import { Data } from './data.js';
import { DirectWorkspace } from './direct-workspace.js';
import { Oplog, type OplogEntry, type TransactionStamp } from './oplog.js';
import { Signal } from './signal.js';
import { Transaction } from './transaction.js';

/** What else a commit has to remember, and the transaction it belongs to. */
interface CommitOptions {
  session?: SessionRecord;
  transaction?: TransactionStamp;
}

/**
 * The data with its history. Commands change it through a workspace and commit that: one record, written
 * before the promise resolves. Change streams see a commit only then.
 */
export class Store {
  readonly data = new Data();
  readonly clock: LogicalClock;
  readonly sessions: SessionTable;
  readonly oplog: Oplog;
  readonly visible = new Signal();
  private visibleTime = 0n;
  private journal: Journal | undefined;
  private notifying = false;

  constructor(options: { oplogEntries: number; nowMs?: () => number }) {
    this.clock = new LogicalClock(options.nowMs);
    this.sessions = new SessionTable(options.nowMs);
    this.oplog = new Oplog(options.oplogEntries);
  }

  /** Writes go to the journal from now on; what it recovered is in the data already. */
  attach(journal: Journal): void {
    this.journal = journal;
    this.visibleTime = this.clock.last;
  }

  /** A new data set: resume tokens of another one are older than its first entry. */
  async initiate(): Promise<void> {
    const workspace = this.begin();
    workspace.define({ op: 'noop', message: 'initiating set' });
    await this.commit(workspace);
    this.oplog.raiseFloor(this.clock.last - 1n);
  }

  /** The newest cluster time whose writes may be shown. */
  get visibleUpTo(): bigint {
    return this.visibleTime;
  }

  begin(): DirectWorkspace {
    return new DirectWorkspace(this.data);
  }

  /** Resolves once the changes are in the log; rejects, and takes them back, if they cannot be. */
  commit(workspace: DirectWorkspace, options: CommitOptions = {}): Promise<void> | undefined {
    const { changes } = workspace;
    if (changes.length === 0 && !options.session?.outcome) return undefined;
    const before = this.clock.last;
    const entries = this.stamp(changes, options.transaction);
    this.oplog.append(entries);
    if (!this.journal) {
      this.showSoon();
      return undefined;
    }
    if (changes.some(isDefinition)) this.journal.definitionChanged();
    const upTo = this.clock.last;
    return this.journal.commits.add({
      body: encodeCommit({ entries, ...(options.session && { session: options.session }) }),
      written: () => (this.visibleTime = upTo),
      failed: () => {
        this.takeBack(workspace, before);
      },
    });
  }

  startTransaction(stamp: TransactionStamp): Transaction {
    return new Transaction(stamp, this.data);
  }

  /** All changes at once, under one cluster time. Ends the transaction. */
  commitTransaction(transaction: Transaction): Promise<void> | undefined {
    for (const change of transaction.changes) {
      if (change.op === 'create' && this.data.catalog.get(change.at)) {
        transaction.end('aborted');
        throw commandError(112, `Collection ${change.at.db}.${change.at.name} was created meanwhile`);
      }
    }
    const workspace = this.begin();
    try {
      workspace.adopt(transaction.changes);
    } catch (error) {
      workspace.undo();
      transaction.end('aborted');
      throw error;
    }
    transaction.end('committed');
    const { stamp } = transaction;
    const session: SessionRecord = { ...stamp, outcome: 'committed' };
    const known = this.sessions.use(stamp.lsid);
    workspace.onUndo(() => {
      if (known.txnNumber === stamp.txnNumber) known.outcome = 'aborted';
    });
    return this.commit(workspace, { transaction: stamp, ...(transaction.changes.length > 0 && { session }) });
  }

  private stamp(changes: readonly Change[], transaction?: TransactionStamp): OplogEntry[] {
    const wall = new Date();
    if (!transaction) return changes.map((change) => ({ time: this.clock.tick(), index: 0, wall, change }));
    const time = this.clock.tick();
    return changes.map((change, index) => ({ time, index, wall, change, transaction }));
  }

  /** Nothing open may go on from what never happened. */
  private takeBack(workspace: DirectWorkspace, before: bigint): void {
    workspace.undo();
    this.oplog.dropAfter(before);
    this.journal?.definitionChanged();
    for (const transaction of [...this.data.transactions]) transaction.end('aborted');
  }

  private showSoon(): void {
    this.visibleTime = this.clock.last;
    if (this.notifying) return;
    this.notifying = true;
    setImmediate(() => {
      this.notifying = false;
      this.visible.notify();
    });
  }
}

function isDefinition(change: Change): boolean {
  return !('key' in change);
}
