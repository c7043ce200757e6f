import { request } from 'undici';
import { runTool, type ToolContext } from '../run-tool.js';
import { UsageError } from '../usage-error.js';
import { checkAudit, type AuditCheck } from './audit-check.js';
import { LOAD_TEST_HELP, planOf, type Plan } from './plan.js';
import { ProgressBar } from './progress-bar.js';
import { sendEvents, type Sent } from './send-events.js';

/** Clocks of the client and the server may differ by this much, ms. */
const CLOCK_SLACK_MS = 5_000;

process.exitCode = await runTool(LOAD_TEST_HELP, loadTest);

async function loadTest({ signal, say }: ToolContext): Promise<number> {
  const plan = planOf(process.argv.slice(2), process.env.GATEWAY_URL ?? 'http://127.0.0.1:3000');
  await mustAnswer(plan);
  say(`${plan.events} events to ${plan.url}, ${plan.concurrency} lanes, ${paceOf(plan)}`);
  const since = Date.now() - CLOCK_SLACK_MS;
  const bar = new ProgressBar('sent    ', plan.events);
  const sent = await sendEvents(plan, signal, ({ errors, latencies }, done) => {
    const failed = [...errors.values()].reduce((sum, times) => sum + times, 0);
    bar.show(done, `${latencies.at(-1)?.toFixed(1) ?? '-'} ms  ${failed} errors`);
  });
  bar.end();
  const recorded = new ProgressBar('recorded', sent.acknowledged.length);
  const check = await checkAudit(sent.acknowledged, {
    url: plan.url,
    since,
    waitMs: plan.waitMs,
    signal,
    onProgress: (found) => recorded.show(found),
  });
  recorded.end();
  say(`\n${reportOf(sent, check)}`);
  return check.lost.length + check.doubled.length + sent.errors.size === 0 ? 0 : 1;
}

async function mustAnswer({ url }: Plan): Promise<void> {
  try {
    const answer = await request(`${url}/api/events/stats`, { headersTimeout: 5_000 });
    const stats = (await answer.body.json()) as { auditLog?: string };
    if (answer.statusCode === 200 && stats.auditLog === 'up') return;
    throw new UsageError(
      answer.statusCode === 200
        ? `The gateway at ${url} answers, but its audit log's store does not. Look at ${url}/health.`
        : `The gateway at ${url} answers ${answer.statusCode}. Look at ${url}/health.`,
    );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `No gateway answers at ${url}: ${String(error)}.\nNext: npm start, or --url <origin>.`,
    );
  }
}

function paceOf({ delayMs, rate }: Plan): string {
  const pace = rate === undefined ? 'as fast as they are answered' : `at most ${rate}/s`;
  return delayMs === 0 ? pace : `${delayMs} ms between two of a lane, ${pace}`;
}

function reportOf({ acknowledged, latencies, errors, took }: Sent, check: AuditCheck): string {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
  const caughtUp =
    check.caughtUpMs === undefined ? 'not all came' : `${check.caughtUpMs.toFixed(0)} ms after the end`;
  return [
    `acknowledged  ${acknowledged.length} in ${(took / 1000).toFixed(2)} s: ${((acknowledged.length * 1000) / took).toFixed(0)} events/s`,
    `latency       p50 ${at(0.5)}  p90 ${at(0.9)}  p95 ${at(0.95)}  p99 ${at(0.99)}  max ${at(1)} ms`,
    `errors        ${errors.size === 0 ? 'none' : [...errors].map(([what, times]) => `${times} × ${what}`).join(', ')}`,
    `audit log     ${check.lost.length} lost, ${check.doubled.length} doubled (${caughtUp})`,
    ...check.lost.slice(0, 5).map((id) => `  lost    ${id}`),
    ...check.doubled.slice(0, 5).map((id) => `  doubled ${id}`),
  ].join('\n');
}
