import { nextVersion, type EntityDefinition } from '#libs/sync-core';
import { Random } from './random.js';

export const THINGS: EntityDefinition = {
  name: 'things',
  collection: 'things',
  keyField: 'key',
  keyTemplate: 'thing:{key}',
  normalizeKey: String,
  requiredOnCreate: [],
  ownedFields: ['wallet'],
  secretFields: [],
};

/** A rule of the protocol left out on purpose, to see whether the simulation notices. */
export type Mutation =
  | 'none'
  | 'no-tombstones'
  | 'millisecond-clock'
  | 'drop-echoes-by-origin'
  | 'ignore-ties'
  | 'no-stamping'
  | 'no-set-back-check'
  | 'no-set-back-at-capture'
  | 'non-atomic-compare'
  | 'ack-before-effect'
  | 'overwrite-at-equal-version';

/** The process died at this point; what was not settled will be delivered again. */
export class SimulatedCrash extends Error {
  override readonly name = 'SimulatedCrash';
}

/** Virtual time, two clocks that disagree, and the places where other things may happen in between. */
export class SimWorld {
  private now = 1_792_000_000_000;
  private readonly skewMs: number;
  private depth = 0;
  /** One atomic write of some client or outsider; set by the run. */
  interloper: () => void = () => undefined;
  faults = true;
  /** The first thing that must never happen, and did. */
  violation: string | null = null;

  constructor(
    readonly random: Random,
    readonly mutation: Mutation,
  ) {
    this.skewMs = (random.below(3) - 1) * random.below(400);
  }

  advance(ms: number): void {
    this.now += ms;
  }

  /** Notes a breach of safety: final equality would not show it, because later steps may heal it. */
  violated(what: string): void {
    this.violation ??= what;
  }

  nextVersion(clock: 'mongo' | 'redis', stored: number): number {
    const nowMs = clock === 'mongo' ? this.now : this.now + this.skewMs;
    const version = nextVersion(nowMs, stored);
    return this.mutation === 'millisecond-clock' ? Math.floor(version / 1024) * 1024 : version;
  }

  /** Called wherever real code would wait for a store: somebody else may write, or the process may die. */
  async gap(): Promise<void> {
    if (!this.faults || this.depth > 0) return;
    this.depth += 1;
    try {
      if (this.random.chance(0.25)) this.interloper();
    } finally {
      this.depth -= 1;
    }
    if (this.random.chance(0.03)) throw new SimulatedCrash();
    await Promise.resolve();
  }
}
