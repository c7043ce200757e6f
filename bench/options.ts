/** How much each scenario does. */
export interface Scale {
  /** Records in each backlog that is drained. */
  readonly backlog: number;
  /** Entries that the naive consumer reads. */
  readonly naive: number;
  /** Writes per path when write throughput is measured. */
  readonly writes: number;
  /** Steady load before its lag is measured, s: cold processes are slow. */
  readonly warmUpSeconds: number;
  /** Length of the steady load that is measured, s. */
  readonly steadySeconds: number;
  /** Writes per second on each side during the steady load. */
  readonly steadyRate: number;
}

export interface BenchOptions {
  /** Names of the scenarios to run; empty: all. */
  readonly scenarios: readonly string[];
  readonly quick: boolean;
  /** Whether the sync-service writes a CPU profile per scenario. */
  readonly cpuProfile: boolean;
  readonly help: boolean;
  readonly scale: Scale;
}

const FULL: Scale = {
  backlog: 100_000,
  naive: 10_000,
  writes: 20_000,
  warmUpSeconds: 5,
  steadySeconds: 30,
  steadyRate: 500,
};
const QUICK: Scale = {
  backlog: 5_000,
  naive: 1_000,
  writes: 1_000,
  warmUpSeconds: 2,
  steadySeconds: 5,
  steadyRate: 500,
};

const FLAGS: readonly string[] = ['--quick', '--cpu-prof', '--help'];

/** @throws Error naming the argument that is not known */
export function parseOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  for (const arg of args) {
    if (!FLAGS.includes(arg) && !known.includes(arg))
      throw new Error(`there is no scenario or option '${arg}'`);
  }
  const quick = args.includes('--quick');
  return {
    scenarios: args.filter((arg) => known.includes(arg)),
    quick,
    cpuProfile: args.includes('--cpu-prof'),
    help: args.includes('--help'),
    scale: quick ? QUICK : FULL,
  };
}
