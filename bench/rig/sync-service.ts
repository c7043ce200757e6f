import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Direction } from '@redis-mongo-sync/sync-core';
import { ServiceProcess } from './service-process.js';

const REPORT_USAGE = new URL('report-usage.mjs', import.meta.url).href;
const PROFILES = fileURLToPath(new URL('../../reports/bench/profiles', import.meta.url));

export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly peakMemoryMb: number;
}

/** What `/metrics` says of the lag of a direction, ms; null before the first sample. */
export interface ReportedLag {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly samples: number;
}

interface MetricsAnswer {
  readonly capture: { readonly mode: string };
  readonly directions: Readonly<Record<Direction, { readonly lagMs: ReportedLag }>>;
}

/** The sync-service, which also tells what it uses. */
export class SyncService {
  private constructor(private readonly process: ServiceProcess) {}

  /** Starts the process. It works as soon as it can; `streaming` tells when it does. */
  static async start(env: NodeJS.ProcessEnv, { cpuProfile }: { cpuProfile: boolean }): Promise<SyncService> {
    const profiling = cpuProfile ? ['--cpu-prof', '--cpu-prof-dir', PROFILES] : [];
    const nodeOptions = [...profiling, '--import', REPORT_USAGE];
    return new SyncService(await ServiceProcess.start({ name: 'sync-service', env, nodeOptions }));
  }

  /** Resolves when capture follows the change stream. */
  streaming(): Promise<void> {
    return this.process.until(async () => (await this.metrics())?.capture.mode === 'streaming');
  }

  async usage(): Promise<ProcessUsage> {
    const answer = once(this.process.child, 'message');
    this.process.child.send('usage');
    const [usage] = (await answer) as [ProcessUsage];
    return usage;
  }

  async lag(direction: Direction): Promise<ReportedLag> {
    const metrics = await this.metrics();
    if (!metrics) throw new Error('the sync-service does not answer');
    return metrics.directions[direction].lagMs;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  private metrics(): Promise<MetricsAnswer | null> {
    return this.process.get<MetricsAnswer>('/metrics');
  }
}
