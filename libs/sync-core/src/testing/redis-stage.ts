import type { Ledger } from '../domain/ledger.js';
import type { Direction } from '../domain/outcome.js';
import type { HeldRecord } from '../domain/record-text.js';
import type { ChangeDelivery, ProjectionTarget } from '../ports/apply-targets.js';
import type { CaptureJournal } from '../ports/capture-journal.js';

/** The ledger of a direction, and what is on its stream. */
interface StageLedger {
  readonly captured: number;
  readonly outcomes: Ledger['outcomes'];
  readonly pending: number;
  readonly unread: number;
}

/** A Redis, real or simulated, with the ports of the sync on it and a look behind them: for contract suites. */
export interface RedisStage {
  readonly projections: ProjectionTarget;
  readonly journal: CaptureJournal;
  /** Empties it; both streams have their group. */
  reset(): Promise<void>;
  close(): Promise<void>;
  /** A client's write in Redis (`null`: a delete) that changed these fields (absent: all). Returns its version. */
  write(key: string, payload: string | null, changed?: readonly string[]): Promise<number>;
  held(key: string): Promise<HeldRecord | null>;
  /** Delivers what is new on a stream, as a consumer gets it. */
  take(direction: Direction): Promise<readonly ChangeDelivery[]>;
  /** What the sync does when a Redis write has arrived in Mongo. */
  settleRedisWrite(delivery: ChangeDelivery): Promise<void>;
  ledger(direction: Direction): Promise<StageLedger>;
  /** Version of the record that is in flight; 0: none. */
  inFlight(direction: Direction, key: string): Promise<number>;
  /** The version noted when an older image was settled as overtaken by one in flight; 0: none. */
  doubt(key: string): Promise<number>;
}
