import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';

/** Health indicators of things that answer a ping, or do not. */
@Injectable()
export class PingHealth {
  constructor(private readonly indicators: HealthIndicatorService) {}

  /** Up when the ping resolves. The reason of a failure is shown; it must hold no secret. */
  async check(name: string, ping: () => Promise<unknown>): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(name);
    try {
      await ping();
      return indicator.up();
    } catch (error) {
      return indicator.down({ reason: error instanceof Error ? error.message : String(error) });
    }
  }
}
