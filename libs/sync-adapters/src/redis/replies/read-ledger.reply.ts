import { OUTCOMES, type Ledger, type Outcome } from '@redis-mongo-sync/sync-core';

type Reply = [ledger: string[], pending: number, unread: number, missing: number];

/** The ledger of a direction, and what its stream held at the same moment. */
export interface LedgerPage {
  readonly ledger: Ledger;
  /** Delivered to a consumer and not settled. */
  readonly pending: number;
  /** Not delivered yet. */
  readonly unread: number;
  /** What the ledger owes and the stream does not hold; 0 when it balances. */
  readonly missing: number;
}

export function parseReadLedgerReply(raw: unknown): LedgerPage {
  const [ledger, pending, unread, missing] = raw as Reply;
  return { ledger: ledgerOf(ledger), pending, unread, missing };
}

function ledgerOf(flat: readonly string[]): Ledger {
  const rows = new Map<string, number>();
  for (let index = 0; index < flat.length; index += 2) rows.set(flat[index] ?? '', Number(flat[index + 1]));
  const outcomes = OUTCOMES.map((outcome): [Outcome, number] => [outcome, rows.get(outcome) ?? 0]);
  return {
    captured: rows.get('captured') ?? 0,
    outcomes: Object.fromEntries(outcomes) as Record<Outcome, number>,
    since: rows.get('since') ?? null,
  };
}
