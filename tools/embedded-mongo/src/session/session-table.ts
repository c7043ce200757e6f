import type { Document } from '../values/index.js';
import type { SessionId } from '../store/oplog.js';
import type { Transaction } from '../store/transaction.js';

export interface Session {
  readonly lsid: SessionId;
  /** The highest transaction number seen; -1 before the first. */
  txnNumber: bigint;
  /** The reply to the write of that number, given again when the driver repeats the write. */
  reply?: Document;
  /** The transaction of that number, until its end. */
  transaction?: Transaction;
  /** How that transaction ended; a repeated commit is answered from this. */
  outcome?: 'committed' | 'aborted';
  /** The write or commit of that number on its way to the log; a repetition has to wait for it. */
  pending?: Promise<void> | undefined;
  usedAt: number;
}

/** What the log keeps of a session: enough to answer a repeated write or commit after a restart. */
export interface SessionRecord {
  lsid: SessionId;
  txnNumber: bigint;
  reply?: Document;
  outcome?: 'committed';
}

export const SESSION_TIMEOUT_MINUTES = 30;
const TIMEOUT_MS = SESSION_TIMEOUT_MINUTES * 60_000;
const SWEEP_EVERY = 10_000;

export class SessionTable {
  private readonly sessions = new Map<string, Session>();
  private untilSweep = SWEEP_EVERY;

  constructor(private readonly nowMs: () => number = Date.now) {}

  /** The session, created when it is new: drivers make up their ids themselves. */
  use(lsid: SessionId): Session {
    const key = lsid.id.toString('hex');
    const known = this.sessions.get(key);
    if (known) {
      known.usedAt = this.nowMs();
      return known;
    }
    if (--this.untilSweep <= 0) this.sweep();
    const session: Session = { lsid, txnNumber: -1n, usedAt: this.nowMs() };
    this.sessions.set(key, session);
    return session;
  }

  get(lsid: SessionId): Session | undefined {
    return this.sessions.get(lsid.id.toString('hex'));
  }

  end(lsid: SessionId): void {
    this.get(lsid)?.transaction?.end('aborted');
    this.sessions.delete(lsid.id.toString('hex'));
  }

  all(): Iterable<Session> {
    return this.sessions.values();
  }

  restore({ lsid, txnNumber, reply, outcome }: SessionRecord): void {
    const session = this.use(lsid);
    session.txnNumber = txnNumber;
    delete session.reply;
    delete session.outcome;
    if (reply) session.reply = reply;
    if (outcome) session.outcome = outcome;
  }

  *records(): Generator<SessionRecord> {
    this.sweep();
    for (const { lsid, txnNumber, reply, outcome } of this.sessions.values()) {
      if (reply) yield { lsid, txnNumber, reply };
      else if (outcome === 'committed') yield { lsid, txnNumber, outcome };
    }
  }

  private sweep(): void {
    const limit = this.nowMs() - TIMEOUT_MS;
    for (const [key, session] of this.sessions) {
      if (session.usedAt < limit && session.transaction?.state !== 'active') this.sessions.delete(key);
    }
    this.untilSweep = SWEEP_EVERY;
  }
}
