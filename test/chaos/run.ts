import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@redis-mongo-sync/testing';
import type { FaultContext } from './faults/fault.js';
import { faultPlan, type PlannedFault } from './faults/plan.js';
import { Load } from './load/load.js';
import { Told } from './load/told.js';
import { Tracer } from './load/tracer.js';
import type { ChaosOptions } from './options.js';
import { LossWindows } from './verdict/loss-windows.js';
import { judge } from './verdict/judge.js';
import { quiesce } from './verdict/quiesce.js';
import { traceHarmed } from './verdict/trace.js';
import { ChaosWorld } from './world/chaos-world.js';
import { isHealthy, reports } from './world/sync-status.js';
import { Recorder } from './world/recorder.js';
import { Sharing } from './world/sharing.js';
import { Usage } from './world/usage.js';
import { isClean, type ChaosReport, type FaultRow } from './report/report.js';

export interface Progress {
  readonly line: (text: string) => void;
  readonly say: (text: string) => void;
}

const WARM_UP_MS = 3_000;
const RECOVERY_LIMIT_MS = 60_000;
/** What was captured this shortly before a fault may be hit by it. */
const BEFORE_FAULT_MS = 500;
const QUIESCE_LIMIT_MS = 120_000;

/** One chaos run, from the start of the servers to the verdict. */
export class ChaosRun {
  private readonly told = new Told();
  private readonly losses = new LossWindows();
  private readonly usage = new Usage();
  private readonly sharing = new Sharing();
  private readonly faults: Omit<FaultRow, 'worstToMongoMs'>[] = [];
  private readonly skipped = new Map<string, string>();
  private readonly handOvers: number[] = [];
  private startedAt = 0;
  private current = 'starting';

  constructor(
    private readonly options: Pick<ChaosOptions, 'seed' | 'minutes' | 'rate' | 'only'>,
    private readonly progress: Progress,
    /** Ends the faults early; then everything is compared as at a regular end. */
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<ChaosReport> {
    const world = await ChaosWorld.start();
    this.progress.say(`logs, removed after a clean run: ${world.logs.folder}`);
    let clean = false;
    try {
      const report = await this.runIn(world);
      clean = isClean(report);
      return clean ? { ...report, logs: null } : report;
    } finally {
      await world.stop();
      if (clean) world.logs.remove();
    }
  }

  private async runIn(world: ChaosWorld): Promise<ChaosReport> {
    this.startedAt = performance.now();
    const now = () => performance.now() - this.startedAt;
    const { seed, rate } = this.options;
    const load = new Load(world, this.told, { seed, rate, now, epoch: () => this.losses.epoch });
    const recorder = new Recorder(world, now);
    recorder.start();
    const tracers = [new Tracer(world, 'mongo-first'), new Tracer(world, 'redis-first')] as const;
    await load.start();
    for (const tracer of tracers) tracer.start();
    const ticker = setInterval(() => this.tick(world, tracers), 1_000);
    try {
      await this.strikeAll(world, tracers, recorder);
      this.current = 'load ends';
      await load.stop();
      await Promise.all(tracers.map((tracer) => tracer.stop()));
      this.current = 'coming to rest';
      const rest = await quiesce(world, QUIESCE_LIMIT_MS);
      const verdict = judge(this.told, this.losses, rest, world.preImages);
      await recorder.stop();
      const trace = await traceHarmed(world, this.told, { verdict, seenFile: recorder.file });
      return await this.report(world, { rest, verdict, tracers, recorder, ...(trace ? { trace } : {}) });
    } finally {
      clearInterval(ticker);
      await load.stop();
      await Promise.all(tracers.map((tracer) => tracer.stop()));
      await recorder.stop();
    }
  }

  private async strikeAll(world: ChaosWorld, tracers: readonly Tracer[], recorder: Recorder): Promise<void> {
    const endsAt = this.startedAt + this.options.minutes * 60_000;
    const random = new Random(this.options.seed + 1);
    this.current = 'warming up';
    await this.recovered(world, tracers, performance.now());
    await this.pause(WARM_UP_MS);
    for (const planned of faultPlan(this.options.seed, this.options.only)) {
      if (performance.now() >= endsAt || this.signal.aborted) return;
      const { kind, skip } = planned.fault;
      const reason = skip?.(world);
      if (reason !== undefined) {
        if (this.skipped.has(kind) && this.skipped.size === this.options.only.length) return;
        this.skipped.set(kind, reason);
        continue;
      }
      recorder.fault(`${kind} begins`);
      await this.strike(world, tracers, planned);
      recorder.fault(`${kind} is over, and recovered from`);
      this.current = '–';
      await this.pause(500 + random.below(2_000));
    }
  }

  private async strike(world: ChaosWorld, tracers: readonly Tracer[], planned: PlannedFault): Promise<void> {
    const { fault, holdMs, random } = planned;
    this.current = fault.kind;
    const context: FaultContext = {
      ...{ world, random, told: this.told, losses: this.losses, handOvers: this.handOvers },
      now: () => performance.now() - this.startedAt,
    };
    const at = context.now();
    let failure: string | undefined;
    let endedAt = performance.now();
    try {
      const heal = await fault.strike(context);
      await this.pause(holdMs);
      endedAt = performance.now();
      await heal();
    } catch (error) {
      failure = (error as Error).message;
      this.progress.say(`${fault.kind} failed: ${failure}`);
    }
    this.current = `after ${fault.kind}`;
    const recoveredMs = await this.recovered(world, tracers, endedAt);
    this.faults.push({
      kind: fault.kind,
      family: fault.family,
      atMs: Math.round(at),
      holdMs,
      recoveredMs,
      ...(failure ? { failure } : {}),
    });
    const outcome =
      recoveredMs === null ? 'NOT recovered' : `recovered in ${(recoveredMs / 1000).toFixed(1)} s`;
    this.progress.say(`${fault.kind} (held ${(holdMs / 1000).toFixed(1)} s): ${outcome}`);
  }

  /** ms from `since` until writes begun after it on either side had arrived on the other, and all was healthy. */
  private async recovered(
    world: ChaosWorld,
    tracers: readonly Tracer[],
    since: number,
  ): Promise<number | null> {
    while (performance.now() - since < RECOVERY_LIMIT_MS) {
      await world.supervise();
      const arrived = tracers.every((tracer) => tracer.hasArrivedSince(since));
      if (arrived && (await isHealthy(world))) return Math.round(performance.now() - since);
      await sleep(50);
    }
    return null;
  }

  private tick(world: ChaosWorld, [mongo, redis]: readonly [Tracer, Tracer]): void {
    const seconds = Math.round((performance.now() - this.startedAt) / 1000);
    this.usage.sample(world);
    void this.sharing.sample(world);
    this.progress.line(
      `${seconds} s · ${this.current} · ${this.told.total} writes, ${this.told.unknowns} unknown · ` +
        `lag m→r ${mongo.lagMs} ms, r→m ${redis.lagMs} ms · ${this.faults.length} faults`,
    );
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal }).catch(() => undefined);
  }

  private async report(
    world: ChaosWorld,
    {
      rest,
      verdict,
      tracers,
      recorder,
      trace,
    }: Pick<ChaosReport, 'verdict' | 'trace'> & {
      rest: Awaited<ReturnType<typeof quiesce>>;
      tracers: readonly [Tracer, Tracer];
      recorder: Recorder;
    },
  ): Promise<ChaosReport> {
    const [report] = await reports(world);
    const letters = Object.values(report?.directions ?? {}).reduce(
      (sum, { deadLettersWaiting }) => sum + deadLettersWaiting,
      0,
    );
    const { told } = this;
    return {
      seed: this.options.seed,
      seconds: Math.round((performance.now() - this.startedAt) / 1000),
      mongo: world.mongo.kind,
      acknowledged: { ...told.counts },
      outsiders: { ...told.oddCounts },
      unusable: rest.mongo.unusable.size,
      preImages: world.preImages,
      refused: told.refused,
      unknown: told.unknowns,
      unexpected: Object.fromEntries(told.unexpected),
      records: rest.mongo.records.size,
      faults: this.faults.map((fault, index) => {
        const until = this.faults[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
        return { ...fault, worstToMongoMs: recorder.landings.worst(fault.atMs - BEFORE_FAULT_MS, until) };
      }),
      skipped: Object.fromEntries(this.skipped),
      handOversMs: this.handOvers,
      lag: { 'mongo-first': lagOf(tracers[0]), 'redis-first': lagOf(tracers[1]) },
      quiesceMs: rest.tookMs,
      ...(rest.unrest === undefined ? {} : { unrest: rest.unrest }),
      verdict,
      alerts: Object.fromEntries(world.logs.alerts),
      deadLetters: letters,
      crashes: world.crashes,
      sharing: this.sharing.totals,
      memoryMb: { highest: this.usage.highest, atEnd: this.usage.latest },
      logs: world.logs.folder,
      ...(trace ? { trace } : {}),
    };
  }
}

function lagOf({ lags, worstLagMs }: Tracer): { p50: number; p99: number; max: number; probes: number } {
  const sorted = [...lags].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: worstLagMs, probes: sorted.length };
}
