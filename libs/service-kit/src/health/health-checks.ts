import { ServiceUnavailableException } from '@nestjs/common';
import type { HealthIndicatorFunction, HealthIndicatorService } from '@nestjs/terminus';

export interface Ping {
  readonly name: string;
  /** Resolves while the thing answers. The message of its error is shown; it must hold no secret. */
  readonly ping: () => Promise<unknown>;
  /** How long it may take, ms. Default 1,000. */
  readonly timeoutMs?: number;
}

/** A check that is up while the ping resolves in time, and otherwise says why it is not. */
export function pingCheck(
  indicators: HealthIndicatorService,
  { name, ping, timeoutMs = 1_000 }: Ping,
): HealthIndicatorFunction {
  return () =>
    indicators
      .check(name)
      .attempt(async () => {
        await ping();
      })
      .withTimeout(timeoutMs);
}

/** What `/health/live` and `/health/ready` say. */
export interface Liveness {
  readonly status: 'ok' | 'shutting_down' | 'error';
}

/** Answers with 503 and a report in the shape of the health checks. */
export function notReady(status: Exclude<Liveness['status'], 'ok'>): ServiceUnavailableException {
  return new ServiceUnavailableException({ status, info: {}, error: {}, details: {} });
}
