import { setTimeout as sleep } from 'node:timers/promises';
import { ProgressBar } from '../terminal/progress-bar.js';
import {
  parseReconcileOptions,
  RECONCILE_HELP,
  UsageError,
  type ReconcileCliOptions,
} from './cli-options.js';
import { ReconcileClient, ReconcileClientError } from './reconcile-client.js';
import type { RunView } from '@redis-mongo-sync/sync-engine';
import { reportText } from './report-text.js';

/*
 * `npm run tool -- reconcile`: asks a running sync-service, so that there is one run at a time wherever it was asked for, health
 * and metrics show it, and no store's password is needed here.
 */

const POLL_MS = 250;
const out = process.stdout;

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseReconcileOptions(args, process.env.SYNC_SERVICE_URL || 'http://127.0.0.1:3002');
    if (options.help) {
      out.write(`${RECONCILE_HELP}\n`);
      return 0;
    }
    const view = await follow(options);
    out.write(`${reportText(view)}\n`);
    return view.state === 'done' && view.report?.left === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ReconcileClientError)) throw error;
    process.stderr.write(`${error.message}\n`);
    if (error instanceof UsageError) process.stderr.write(`\n${RECONCILE_HELP}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function follow({ url, request }: ReconcileCliOptions): Promise<RunView> {
  const client = new ReconcileClient(url, process.env.ADMIN_TOKEN);
  const bar = new ProgressBar(out);
  // Listens before the run begins: Ctrl-C while it is being asked for must end it too.
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    let view = await client.start(request);
    const cancel = () => {
      bar.clear();
      out.write('ending the run …\n');
      void client.cancel(view.id).catch(() => undefined);
    };
    if (interrupted.signal.aborted) cancel();
    else interrupted.signal.addEventListener('abort', cancel, { once: true });
    while (view.state === 'running') {
      const { report, rate, etaSeconds } = view;
      if (report) bar.show({ done: report.compared, fraction: fractionOf(report), rate, etaSeconds });
      await sleep(POLL_MS);
      view = await client.read(view.id);
    }
    return view;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    bar.clear();
  }
}

function fractionOf({
  compared,
  total,
}: {
  readonly compared: number;
  readonly total: number;
}): number | null {
  return total === 0 ? null : Math.min(1, compared / total);
}

process.exitCode = await main(process.argv.slice(2));
