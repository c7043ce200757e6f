import { eventually } from '@redis-mongo-sync/testing';
import type { AuditLog, RetentionRequest } from './audit-log.js';
import { RetentionRunner } from './retention-runner.js';

const DAY = 86_400_000;

describe('RetentionRunner', () => {
  it('runs at once and again, goes on after a failure, and stops', async () => {
    const requests: RetentionRequest[] = [];
    const removed: number[] = [];
    const errors: unknown[] = [];
    const log: Pick<AuditLog, 'retention'> = {
      retention: (request) => {
        requests.push(request);
        return requests.length === 1 ? Promise.reject(new Error('down')) : Promise.resolve(requests.length);
      },
    };
    const runner = new RetentionRunner(log, {
      days: 90,
      everyMs: 5,
      now: () => 100 * DAY,
      onRemoved: (count) => removed.push(count),
      onError: (error) => errors.push(error),
    });
    runner.start();
    runner.start();
    await eventually(() => expect(removed).toEqual(expect.arrayContaining([2, 3])));
    await runner.stop();
    const { length } = requests;
    expect(requests[0]?.olderThan).toBe(10 * DAY);
    expect(errors).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 20)); // four intervals in which nothing may happen
    expect(requests).toHaveLength(length);
  });

  it('never asks for a time before 1970', async () => {
    const times: unknown[] = [];
    const retention = ({ olderThan }: RetentionRequest) => Promise.resolve(times.push(olderThan));
    const runner = new RetentionRunner({ retention }, { days: 36_500, now: () => DAY });
    runner.start();
    await runner.stop();
    expect(times).toEqual([0]);
  });
});
