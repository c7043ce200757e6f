import { buildsOn } from '../domain/ancestry.js';
import type { ChangeDelivery } from '../ports/apply-targets.js';

export interface Collapsed {
  /** To be applied one after the other; in each, at most one delivery per key. Nearly always there is only one. */
  readonly rounds: readonly (readonly ChangeDelivery[])[];
  /** What a newer delivery of the same record was built on: Mongo would only overwrite it at once. */
  readonly superseded: readonly ChangeDelivery[];
}

/**
 * Reduces a batch to the newest delivery of each record. An older one that the newest was *not* built on is no
 * superseded step of the same history but a version of its own, that lost against one from Mongo: it goes into an
 * earlier round, where it meets its winner.
 */
export function collapse(deliveries: readonly ChangeDelivery[]): Collapsed {
  const byKey = new Map<string, ChangeDelivery[]>();
  for (const delivery of deliveries) {
    const list = byKey.get(delivery.event.key);
    if (list) list.push(delivery);
    else byKey.set(delivery.event.key, [delivery]);
  }
  const rounds: ChangeDelivery[][] = [];
  const superseded: ChangeDelivery[] = [];
  for (const list of byKey.values()) {
    const heads = list.length === 1 ? list : headsOf(list, superseded);
    for (const [index, head] of heads.entries()) (rounds[index] ??= []).push(head);
  }
  return { rounds, superseded };
}

/** The ends of the histories of one record, oldest first. */
function headsOf(list: readonly ChangeDelivery[], superseded: ChangeDelivery[]): ChangeDelivery[] {
  const newestFirst = [...list].sort((a, b) => b.event.version - a.event.version);
  const heads: ChangeDelivery[] = [];
  for (const delivery of newestFirst) {
    if (heads.some((head) => buildsOn(head.event, delivery.event))) superseded.push(delivery);
    else heads.unshift(delivery);
  }
  return heads;
}
