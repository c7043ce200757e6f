import { OUTCOMES, type Outcome } from './outcome.js';

/** The books of one direction: how many entries were captured, and how each ended. */
export interface Ledger {
  readonly captured: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Epoch milliseconds of the first entry in these books. */
  readonly since: number | null;
}

/** Entries that the books say are still under way. */
export function owedInFlight(ledger: Ledger): number {
  return OUTCOMES.reduce((owed, outcome) => owed - ledger.outcomes[outcome], ledger.captured);
}

/** The books balance when what they say is under way is what the stream holds (unread or unacknowledged). */
export function isBalanced(ledger: Ledger, inFlight: number): boolean {
  return owedInFlight(ledger) === inFlight;
}
