import { Random } from '@redis-mongo-sync/testing';
import { FAULTS } from './catalog.js';
import type { Fault } from './fault.js';

export interface PlannedFault {
  readonly fault: Fault;
  readonly holdMs: number;
  readonly random: Random;
}

/** The faults of a seed, in order, without end: every kind comes once, shuffled, before any comes again. */
export function* faultPlan(seed: number, only: readonly string[] = []): Generator<PlannedFault> {
  const chosen = FAULTS.filter(
    ({ kind, family }) => only.length === 0 || only.includes(kind) || only.includes(family),
  );
  const random = new Random(seed ^ 0x5eed);
  for (;;) {
    for (const fault of shuffled(chosen, random)) {
      const [least, most] = fault.hold;
      const holdMs = least + random.below(most - least + 1);
      yield { fault, holdMs, random: new Random(random.below(2 ** 31)) };
    }
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  const order: T[] = [];
  while (rest.length > 0) order.push(...rest.splice(random.below(rest.length), 1));
  return order;
}
