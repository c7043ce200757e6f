import { HealthIndicatorService } from '@nestjs/terminus';
import { EventHealth } from './event-health.js';
import type { EventStatsReport } from './event-stats.js';

const FINE = { auditLog: 'up', streams: [] } as unknown as EventStatsReport;

function health(report: Partial<EventStatsReport> | Error, ended: readonly string[] = [], processors = true) {
  const read = () =>
    report instanceof Error ? Promise.reject(report) : Promise.resolve({ ...FINE, ...report });
  return new EventHealth({ stats: { read }, processors, ended: () => ended }).check(
    new HealthIndicatorService(),
  );
}

describe('EventHealth', () => {
  it('is up when the audit log answers and every consumer works', async () => {
    expect(await health({})).toMatchObject({ events: { status: 'up', auditLog: 'up' } });
  });

  it('is down, and names it, when a consumer ended for good', async () => {
    const ended = ['audit-log-group on chat:messages'];
    expect(await health({}, ended)).toMatchObject({ events: { status: 'down', ended } });
  });

  it('is down without an audit log where events are worked on, and up where they are only published', async () => {
    expect(await health({ auditLog: 'down' })).toMatchObject({ events: { status: 'down' } });
    expect(await health({ auditLog: 'down' }, [], false)).toMatchObject({ events: { status: 'up' } });
  });

  it('is down with the reason when the streams cannot be read', async () => {
    const down = await health(new Error('Redis does not answer'));
    expect(down).toMatchObject({ events: { status: 'down', message: 'Redis does not answer' } });
  });
});
