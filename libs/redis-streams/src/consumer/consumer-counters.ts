/** Plain counters since the consumer was made; times in epoch ms, null for "never". */
export interface ConsumerCounters {
  /** Entries read as new. */
  delivered: number;
  /** Entries handled and acked. */
  handled: number;
  /** Tries of single entries that failed. */
  failed: number;
  /** Tries of single entries after the first one. */
  retried: number;
  deadLettered: number;
  /** Entries handed out again by recovery. */
  redelivered: number;
  /** Entries taken over from other consumers. */
  reclaimed: number;
  /** Entries whose data was gone before they were handled. */
  lost: number;
  /** Acks that came late: another consumer had taken over and settled the entry. */
  settledElsewhere: number;
  groupCreations: number;
  groupLosses: number;
  /** Failures of a store that opened the circuit breaker (or kept it open). */
  interruptions: number;
  lastReadAt: number | null;
  lastHandledAt: number | null;
}

export function newCounters(): ConsumerCounters {
  return {
    delivered: 0,
    handled: 0,
    failed: 0,
    retried: 0,
    deadLettered: 0,
    redelivered: 0,
    reclaimed: 0,
    lost: 0,
    settledElsewhere: 0,
    groupCreations: 0,
    groupLosses: 0,
    interruptions: 0,
    lastReadAt: null,
    lastHandledAt: null,
  };
}
