import { errorText } from '@redis-mongo-sync/redis-streams';
import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import type { EventStats } from './event-stats.js';
import type { EventStatsReport } from './stats-report.js';

interface EventHealthOptions {
  readonly stats: Pick<EventStats, 'read'>;
  /** Subscriptions that do not get on, as `<group> on <stream>`. */
  readonly failed: () => readonly string[];
  readonly now?: () => number;
}

type Finding = EventStatsReport | Error;

/** A health report waits no longer than this for the events' part. */
const PATIENCE_MS = 500;
/** What was found before stands in for what takes longer, for so long. */
const TRUSTED_MS = 10_000;

/** Whether events get through, as one line of the health report. A store that is slow to fail does not hold it up. */
export class EventHealth {
  private asking: Promise<Finding> | undefined;
  private last: { readonly finding: Finding; readonly at: number } | undefined;

  constructor(private readonly options: EventHealthOptions) {}

  async check(indicators: HealthIndicatorService): Promise<HealthIndicatorResult> {
    const indicator = indicators.check('events');
    const report = (await within(PATIENCE_MS, this.ask())) ?? this.lately();
    if (report instanceof Error) return indicator.down({ message: report.message });
    const streams = report.streams.map(({ stream, lag, pending, deadLetters }) => [
      stream,
      { lag, pending, deadLetters },
    ]);
    const failed = this.options.failed();
    const details = {
      auditLog: report.auditLog,
      ...(failed.length > 0
        ? { failed, advice: 'mend what the log says; each is tried again by itself' }
        : {}),
      streams: Object.fromEntries(streams) as object,
    };
    return failed.length > 0 || report.auditLog === 'down' ? indicator.down(details) : indicator.up(details);
  }

  /** Reports that come together share one question. */
  private ask(): Promise<Finding> {
    const { stats, now = Date.now } = this.options;
    this.asking ??= stats
      .read()
      .catch((error: unknown) => new Error(errorText(error)))
      .then((finding) => {
        this.last = { finding, at: now() };
        this.asking = undefined;
        return finding;
      });
    return this.asking;
  }

  private lately(): Finding {
    const { now = Date.now } = this.options;
    if (this.last && now() - this.last.at < TRUSTED_MS) return this.last.finding;
    return new Error(`the events' stores gave no answer within ${PATIENCE_MS} ms`);
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
