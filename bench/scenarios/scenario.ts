import type { Scale } from '../options.js';
import type { Figure } from '../report/figure.js';
import { Rig } from '../rig/rig.js';

export interface BenchContext {
  readonly scale: Scale;
  readonly cpuProfile: boolean;
  /** A line about what is going on, for the person who waits. */
  readonly say: (line: string) => void;
  /** The same, a few times a minute at most. */
  readonly progress: (line: string) => void;
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  run(context: BenchContext): Promise<readonly Figure[]>;
}

/** Runs a step on servers of its own, empty at its start and gone after it. */
export async function onRig<T>(context: BenchContext, step: (rig: Rig) => Promise<T>): Promise<T> {
  const rig = await Rig.start(context);
  try {
    return await step(rig);
  } finally {
    await rig.stop();
  }
}
