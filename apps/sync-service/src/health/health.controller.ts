import { LIVENESS_SCHEMA } from '@redis-mongo-sync/service-kit';
import { SyncStatus, type HealthCheck as SyncCheck } from '@redis-mongo-sync/sync-engine';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly status: SyncStatus,
  ) {}

  /** 200 when everything holds, 503 with the reasons when not. */
  @Get()
  @HealthCheck()
  @ApiOperation({ summary: 'Whether the sync works: stores, capture, lanes, ledger' })
  check(): Promise<HealthCheckResult> {
    return this.health.check(this.status.healthChecks().map((check) => this.indicatorOf(check)));
  }

  /** The process lives, whatever its stores do. */
  @Get('live')
  @ApiOperation({ summary: 'The process lives, whatever its stores do' })
  @ApiOkResponse({ description: 'It does.', schema: LIVENESS_SCHEMA })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  private indicatorOf(check: SyncCheck): HealthIndicatorFunction {
    return async () => {
      const { name, up, details } = await check();
      const indicator = this.indicators.check(name);
      return up ? indicator.up(details) : indicator.down(details);
    };
  }
}
