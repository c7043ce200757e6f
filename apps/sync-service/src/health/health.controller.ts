import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { SyncHealth } from './sync-health.js';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly sync: SyncHealth,
  ) {}

  /** 200 when everything holds, 503 with the reasons when not. */
  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check(this.sync.checks());
  }

  /** The process lives, whatever its stores do. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }
}
