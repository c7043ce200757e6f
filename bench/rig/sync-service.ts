import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, guard, waitUntil } from '#libs/dev-servers';

const MAIN = fileURLToPath(new URL('../../dist/apps/sync-service/main.js', import.meta.url));
const REPORT_USAGE = new URL('report-usage.mjs', import.meta.url).href;
const PROFILES = fileURLToPath(new URL('../../reports/bench/profiles', import.meta.url));

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const LAST_LINES = 15;

export interface SyncServiceOptions {
  readonly redisUrl: string;
  readonly mongoUri: string;
  readonly database: string;
  readonly cpuProfile: boolean;
}

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
  readonly directions: Readonly<Record<'mongo-to-redis' | 'redis-to-mongo', { readonly lagMs: ReportedLag }>>;
}

/** The product's own sync-service, built, as a process of its own. */
export class SyncService {
  private output: string[] = [];

  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {
    if (child.pid) guard.watchProcess(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.remember(chunk.toString('utf8')));
    }
  }

  /** Starts the process. It works as soon as it can; `streaming` tells when it does. */
  static async start(options: SyncServiceOptions): Promise<SyncService> {
    if (!existsSync(MAIN)) throw new Error('the sync-service has not been built: npm run build');
    const port = await freePort();
    const profiling = options.cpuProfile ? ['--cpu-prof', '--cpu-prof-dir', PROFILES] : [];
    const child = spawn(process.execPath, [...profiling, '--import', REPORT_USAGE, MAIN], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        PORT: String(port),
        REDIS_URL: options.redisUrl,
        MONGODB_URI: options.mongoUri,
        MONGODB_DATABASE: options.database,
      },
    });
    return new SyncService(child, `http://127.0.0.1:${port}`);
  }

  /** Resolves when capture follows the change stream. */
  async streaming(): Promise<void> {
    const ready = async () => (await this.metrics())?.capture.mode === 'streaming';
    const giveUp = () => this.child.exitCode !== null;
    if (await waitUntil(ready, { timeoutMs: START_TIMEOUT_MS, giveUp })) return;
    throw new Error(`the sync-service does not stream:\n${this.output.join('\n')}`);
  }

  async usage(): Promise<ProcessUsage> {
    const answer = once(this.child, 'message');
    this.child.send('usage');
    const [usage] = (await answer) as [ProcessUsage];
    return usage;
  }

  async lag(direction: 'mongo-to-redis' | 'redis-to-mongo'): Promise<ReportedLag> {
    const metrics = await this.metrics();
    if (!metrics) throw new Error('the sync-service does not answer');
    return metrics.directions[direction].lagMs;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const gone = once(this.child, 'exit');
      const tooSlow = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      this.child.kill('SIGTERM');
      await gone;
      clearTimeout(tooSlow);
    }
    if (this.child.pid) guard.forgetProcess(this.child.pid);
  }

  private async metrics(): Promise<MetricsAnswer | null> {
    try {
      const response = await fetch(`${this.url}/metrics`, { headers: { accept: 'application/json' } });
      return (await response.json()) as MetricsAnswer;
    } catch {
      return null; // it does not listen yet
    }
  }

  private remember(text: string): void {
    this.output = [...this.output, ...text.split('\n').filter(Boolean)].slice(-LAST_LINES);
  }
}
