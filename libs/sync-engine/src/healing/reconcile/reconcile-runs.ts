import { randomUUID } from 'node:crypto';
import { errorText, pause } from '@redis-mongo-sync/redis-streams';
import {
  reconcile,
  type EntityDefinition,
  type ReconcileReport,
  type ReconcileRequest,
  type ReconcileStores,
} from '@redis-mongo-sync/sync-core';
import { Reconciles } from './reconciles.js';
import type { RunState, RunView } from './run-view.js';

interface ReconcileRunsOptions {
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

/** {@link Reconciles} of this process. */
export class ReconcileRuns extends Reconciles {
  private readonly runs: Run[] = [];
  private stopped = false;

  constructor(private readonly options: ReconcileRunsOptions) {
    super();
  }

  get entityNames(): readonly string[] {
    return this.options.entities.map(({ name }) => name);
  }

  get last(): RunView | null {
    const ended = this.runs.findLast(({ state }) => state === 'done');
    return ended ? viewOf(ended) : null;
  }

  get isRunning(): boolean {
    return this.runs.some(({ state }) => state === 'running');
  }

  list(): readonly RunView[] {
    return this.runs.map(viewOf).reverse();
  }

  get(id: string): RunView | null {
    const run = this.find(id);
    return run ? viewOf(run) : null;
  }

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

  async ended(id: string): Promise<RunView | null> {
    await this.find(id)?.finished;
    return this.get(id);
  }

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
