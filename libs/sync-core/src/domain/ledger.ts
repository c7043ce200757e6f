import { OUTCOMES, type Outcome } from './outcome.js';

/** Of one direction: how many entries were captured, and how each ended. */
export interface Ledger {
  readonly captured: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Epoch milliseconds of the first entry in it. */
  readonly since: number | null;
}

/** Entries that the ledger owes: captured, and not ended. */
export function owedInFlight(ledger: Ledger): number {
  return OUTCOMES.reduce((owed, outcome) => owed - ledger.outcomes[outcome], ledger.captured);
}

/** The ledger balances when what it owes is what the stream holds (unread or unacknowledged). */
export function isBalanced(ledger: Ledger, inFlight: number): boolean {
  return owedInFlight(ledger) === inFlight;
}
