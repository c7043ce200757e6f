import { HealthIndicatorService } from '@nestjs/terminus';
import { EventHealth } from './event-health.js';
import type { EventStatsReport } from './stats-report.js';

const FINE = { auditLog: 'up', streams: [] } as unknown as EventStatsReport;

function health(report: Partial<EventStatsReport> | Error, failed: readonly string[] = []) {
  const read = () =>
    report instanceof Error ? Promise.reject(report) : Promise.resolve({ ...FINE, ...report });
  return new EventHealth({ stats: { read }, failed: () => failed }).check(new HealthIndicatorService());
}

describe('EventHealth', () => {
  it('is up when the audit log answers and every subscription works', async () => {
    expect(await health({})).toMatchObject({ events: { status: 'up', auditLog: 'up' } });
  });

  it('is down, and names it, when a subscription does not get on', async () => {
    const failed = ['audit-log-group on chat:messages'];
    expect(await health({}, failed)).toMatchObject({ events: { status: 'down', failed } });
  });

  it('is down without an audit log', async () => {
    expect(await health({ auditLog: 'down' })).toMatchObject({ events: { status: 'down' } });
  });

  it('is down with the reason when the streams cannot be read', async () => {
    const down = await health(new Error('Redis does not answer'));
    expect(down).toMatchObject({ events: { status: 'down', message: 'Redis does not answer' } });
  });
});
