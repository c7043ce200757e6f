import { randomUUID } from 'node:crypto';
import { errorText, pause } from '@redis-mongo-sync/redis-streams';
import {
  reconcile,
  type EntityDefinition,
  type ReconcileReport,
  type ReconcileRequest,
  type ReconcileStores,
} from '@redis-mongo-sync/sync-core';

export type RunState = 'running' | 'done' | 'cancelled' | 'failed';

/** One run, as `GET /reconcile/:id` shows it. */
export interface RunView {
  readonly id: string;
  /** Who asked for it. */
  readonly trigger: 'request' | 'schedule';
  readonly state: RunState;
  readonly request: ReconcileRequest;
  /** ISO time. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Why it failed. */
  readonly error: string | null;
  /** Records per second so far. */
  readonly rate: number;
  /** About how many seconds it will take from now on; null: unknown. */
  readonly etaSeconds: number | null;
  /** As far as it has come; null before the first bucket. */
  readonly report: ReconcileReport | null;
}

export interface ReconcileRunsOptions {
  readonly entities: readonly EntityDefinition[];
  readonly stores: ReconcileStores;
  readonly onEnd?: (view: RunView) => void;
}

/** Runs that are remembered. */
const KEPT = 20;

interface Run {
  readonly id: string;
  readonly trigger: RunView['trigger'];
  readonly request: ReconcileRequest;
  readonly startedAt: number;
  readonly abort: AbortController;
  state: RunState;
  endedAt: number | null;
  error: string | null;
  report: ReconcileReport | null;
  finished: Promise<void>;
}

/** The reconcile runs of this process: one at a time, the last ones remembered. */
export class ReconcileRuns {
  private readonly runs: Run[] = [];
  private stopped = false;

  constructor(private readonly options: ReconcileRunsOptions) {}

  get entityNames(): readonly string[] {
    return this.options.entities.map(({ name }) => name);
  }

  /** The last run that came to its end; null before the first. */
  get last(): RunView | null {
    const ended = this.runs.findLast(({ state }) => state === 'done');
    return ended ? viewOf(ended) : null;
  }

  get isRunning(): boolean {
    return this.runs.some(({ state }) => state === 'running');
  }

  /** Newest first. */
  list(): readonly RunView[] {
    return this.runs.map(viewOf).reverse();
  }

  get(id: string): RunView | null {
    const run = this.find(id);
    return run ? viewOf(run) : null;
  }

  /** Starts a run; null when one is under way (or the service is going). */
  start(request: ReconcileRequest, trigger: RunView['trigger'] = 'request'): RunView | null {
    const entity = this.options.entities.find(({ name }) => name === request.entity);
    if (!entity || this.isRunning || this.stopped) return null;
    const run: Run = {
      id: randomUUID(),
      trigger,
      request,
      startedAt: Date.now(),
      abort: new AbortController(),
      state: 'running',
      endedAt: null,
      error: null,
      report: null,
      finished: Promise.resolve(),
    };
    this.runs.push(run);
    if (this.runs.length > KEPT) this.runs.shift();
    run.finished = this.perform(run, entity);
    return viewOf(run);
  }

  /** The run's end. Resolves at once when there is no such run. */
  async ended(id: string): Promise<RunView | null> {
    await this.find(id)?.finished;
    return this.get(id);
  }

  /** Ends a run between two buckets; what it repaired stays repaired. */
  async cancel(id: string): Promise<RunView | null> {
    this.find(id)?.abort.abort();
    return this.ended(id);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const run of this.runs) run.abort.abort();
    await Promise.all(this.runs.map(({ finished }) => finished));
  }

  private async perform(run: Run, entity: EntityDefinition): Promise<void> {
    const { signal } = run.abort;
    try {
      run.report = await reconcile({
        entity,
        request: run.request,
        stores: this.options.stores,
        clock: {
          now: () => Date.now(),
          pause: (ms) => pause(ms, { signal }),
        },
        signal,
        onProgress: (report) => (run.report = report),
      });
      run.state = run.report.cancelled ? 'cancelled' : 'done';
    } catch (error) {
      run.state = 'failed';
      run.error = errorText(error);
    }
    run.endedAt = Date.now();
    this.options.onEnd?.(viewOf(run));
  }

  private find(id: string): Run | undefined {
    return this.runs.find((run) => run.id === id);
  }
}

function viewOf(run: Run): RunView {
  const { id, trigger, state, request, startedAt, endedAt, error, report } = run;
  const seconds = ((endedAt ?? Date.now()) - startedAt) / 1000;
  const rate = report && seconds > 0 ? Math.round(report.compared / seconds) : 0;
  const rest = report ? Math.max(0, report.total - report.compared) : 0;
  return {
    id,
    trigger,
    state,
    request,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    error,
    rate,
    etaSeconds: state === 'running' && rate > 0 ? Math.ceil(rest / rate) : null,
    report,
  };
}
