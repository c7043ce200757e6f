/** A pending entry as XPENDING shows it. */
export interface PendingEntry {
  readonly id: string;
  /** Redis' delivery counter: how often the entry has been handed out. */
  readonly deliveries: number;
}

/** `deliveries` is what the counter is set to when the step begins. */
export type RedeliveryStep =
  | { readonly kind: 'batch'; readonly ids: readonly string[]; readonly deliveries: number }
  /** Handled while nothing else of the process is; see `Trials`. */
  | { readonly kind: 'trial'; readonly id: string; readonly deliveries: number }
  | { readonly kind: 'dead-letter'; readonly id: string; readonly deliveries: number };

interface RedeliveryRules {
  /** Above this counter an entry is not handled again. */
  readonly maxDeliveries: number;
  /** True for entries whose handling this process has lived through. */
  readonly survived: (id: string) => boolean;
}

/**
 * How to hand out pending entries again, in the order of the stream.
 *
 * The delivery counter is the only memory of an entry that kills its process. Three rules make it count
 * just that:
 * – An entry that came out of a failure with the process alive is no killer: its counter goes back to 1,
 *   so that an outage of hours, however often tried, never adds up to a dead letter.
 * – An entry whose counter says that processes died with it in hand (2 or more) is handled alone in the whole
 *   process, and counted just before. Otherwise one killer would drag the rest of its batch, and what other consumers
 *   of the process have in hand, over the limit.
 * – Above the limit it is dead-lettered without being handled.
 */
export function planRedelivery(pending: readonly PendingEntry[], rules: RedeliveryRules): RedeliveryStep[] {
  const steps: RedeliveryStep[] = [];
  let open: { ids: string[]; deliveries: number } | undefined;
  for (const { id, deliveries } of pending) {
    const survived = rules.survived(id);
    if (!survived && deliveries > 1) {
      open = undefined;
      steps.push(
        deliveries > rules.maxDeliveries
          ? { kind: 'dead-letter', id, deliveries }
          : { kind: 'trial', id, deliveries: deliveries + 1 },
      );
      continue;
    }
    const next = survived ? 1 : deliveries + 1;
    if (open?.deliveries === next) {
      open.ids.push(id);
    } else {
      open = { ids: [id], deliveries: next };
      steps.push({ kind: 'batch', ...open });
    }
  }
  return steps;
}
