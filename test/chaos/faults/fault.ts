import type { Random } from '@redis-mongo-sync/testing';
import type { Told } from '../load/told.js';
import type { LossWindows } from '../verdict/loss-windows.js';
import type { ChaosWorld } from '../world/chaos-world.js';

export type Family = 'service' | 'redis' | 'mongo' | 'network' | 'clock';

export interface FaultContext {
  readonly world: ChaosWorld;
  /** Drawn from the seed, for this fault alone. */
  readonly random: Random;
  readonly told: Told;
  readonly losses: LossWindows;
  /** ms since the run began. */
  readonly now: () => number;
  /** ms from kill -9 of the capturing sync-service until the other one captured. */
  readonly handOvers: number[];
}

/** Undoes the fault; resolves when that is done. */
export type Heal = () => Promise<void>;

export interface Fault {
  readonly kind: string;
  readonly family: Family;
  /** How long it is held, ms: from, to. */
  readonly hold: readonly [number, number];
  /** Why it cannot be had here; undefined when it can. */
  readonly skip?: (world: ChaosWorld) => string | undefined;
  /** Resolves when the fault is in place. */
  readonly strike: (context: FaultContext) => Promise<Heal>;
}

export const nothing: Heal = () => Promise.resolve();
