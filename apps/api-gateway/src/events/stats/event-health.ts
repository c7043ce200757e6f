import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import type { EventStats } from './event-stats.js';

export interface EventHealthOptions {
  readonly stats: EventStats;
  /** Whether this gateway works on events: only then is a silent audit log its fault. */
  readonly processors: boolean;
}

const TIMEOUT_MS = 2_000;

/** Whether events get through, as one line of the health report. */
export class EventHealth {
  constructor(private readonly options: EventHealthOptions) {}

  async check(indicators: HealthIndicatorService): Promise<HealthIndicatorResult> {
    const indicator = indicators.check('events');
    const report = await within(TIMEOUT_MS, this.options.stats.read()).catch((error: unknown) => error);
    if (!isReport(report)) return indicator.down({ message: messageOf(report) });
    const streams = report.streams.map(({ stream, lag, pending, deadLetters }) => [
      stream,
      { lag, pending, deadLetters },
    ]);
    const details = { auditLog: report.auditLog, streams: Object.fromEntries(streams) as object };
    return report.auditLog === 'down' && this.options.processors
      ? indicator.down(details)
      : indicator.up(details);
  }
}

type Report = Awaited<ReturnType<EventStats['read']>>;

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'streams' in value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
