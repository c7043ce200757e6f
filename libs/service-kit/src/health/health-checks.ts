import { ServiceUnavailableException } from '@nestjs/common';
import type { HealthIndicatorFunction, HealthIndicatorService } from '@nestjs/terminus';

/** How long a dependency may take to show that it lives. */
export const PING_TIMEOUT_MS = 1_000;

/** A check that is up while the ping resolves in time, and otherwise says why it is not. */
export function pingCheck(
  indicators: HealthIndicatorService,
  name: string,
  ping: () => Promise<unknown>,
): HealthIndicatorFunction {
  return () =>
    indicators
      .check(name)
      .attempt(async () => {
        await ping();
      })
      .withTimeout(PING_TIMEOUT_MS);
}

/** What `/health/live` and `/health/ready` say. */
export interface Liveness {
  readonly status: 'ok' | 'shutting_down' | 'error';
}

/** Answers with 503 and a report in the shape of the health checks. */
export function notReady(status: Exclude<Liveness['status'], 'ok'>): ServiceUnavailableException {
  return new ServiceUnavailableException({ status, info: {}, error: {}, details: {} });
}
