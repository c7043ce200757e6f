import { type AuditLog } from '@redis-mongo-sync/audit-log';
import { EVENT_TOPICS } from '@redis-mongo-sync/event-contract';
import { streamInfo, type GroupInfo } from '@redis-mongo-sync/redis-streams';
import { withRedisErrors } from '@redis-mongo-sync/sync-adapters';
import { Inject, Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { AUDIT_LOG } from '../audit/audit-log.provider.js';
import { EventRates } from '../processing/event-rates.js';
import { EVENT_KEYS } from '../streams/event-keys.js';
import { StreamDirectory } from '../streams/stream-directory.js';
import type { EventStatsReport, StreamStats } from './stats-report.js';

type Counts = Awaited<ReturnType<AuditLog['stats']>>;

/** How the events are doing: one report over every stream. */
@Injectable()
export class EventStats {
  constructor(
    private readonly redis: Redis,
    @Inject(AUDIT_LOG) private readonly log: AuditLog,
    private readonly directory: StreamDirectory,
    private readonly rates: EventRates,
  ) {}

  /** @throws StoreUnavailableError when Redis does not answer. An audit log that does not is part of the report. */
  async read(): Promise<EventStatsReport> {
    const audit = this.log.stats().catch(() => undefined);
    const [streams, rates, figures] = await withRedisErrors(() =>
      Promise.all([this.directory.list(), this.rates.perSecond(), this.figures()]),
    );
    const counts = await audit;
    return {
      recorded: counts?.total ?? 0,
      lastSequence: counts === undefined ? null : (counts.last?.sequence ?? 0),
      auditLog: counts === undefined ? 'down' : 'up',
      streams: await withRedisErrors(() =>
        Promise.all(streams.map((stream) => this.statsOf(stream, counts, rates))),
      ),
      figures,
    };
  }

  private async statsOf(
    stream: string,
    counts: Counts | undefined,
    rates: ReadonlyMap<string, number>,
  ): Promise<StreamStats> {
    const [{ length, groups }, deadLetters] = await Promise.all([
      streamInfo(this.redis, stream),
      this.redis.xlen(`${stream}:dlq`),
    ]);
    const types = (counts?.counts ?? [])
      .filter((count) => count.stream === stream)
      .map(({ type, count }) => ({
        type,
        recorded: count,
        ratePerSecond: rates.get(`${stream}|${type}`) ?? 0,
      }));
    return {
      stream,
      recorded: sum(types.map(({ recorded }) => recorded)),
      ratePerSecond: Math.round(sum(types.map(({ ratePerSecond }) => ratePerSecond)) * 1_000) / 1_000,
      length,
      lag: greatestLag(groups),
      pending: sum(groups.map(({ pending }) => pending)),
      deadLetters,
      types,
      groups,
    };
  }

  private async figures(): Promise<EventStatsReport['figures']> {
    const hashes = await Promise.all(
      EVENT_TOPICS.map((topic) => this.redis.hgetall(EVENT_KEYS.figures(topic))),
    );
    const entries = EVENT_TOPICS.map((topic, index) => {
      const numbers = Object.entries(hashes[index] ?? {}).map(([name, text]) => [name, Number(text)]);
      return [topic, Object.fromEntries(numbers) as Record<string, number>];
    });
    return Object.fromEntries(entries) as EventStatsReport['figures'];
  }
}

function greatestLag(groups: readonly GroupInfo[]): number | null {
  const lags = groups.map(({ lag }) => lag);
  return lags.includes(null) ? null : Math.max(0, ...lags.filter((lag) => lag !== null));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
