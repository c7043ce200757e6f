import { LIVENESS_SCHEMA } from '@redis-mongo-sync/service-kit';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { SyncHealth } from './sync-health.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly sync: SyncHealth,
  ) {}

  /** 200 when everything holds, 503 with the reasons when not. */
  @Get()
  @HealthCheck()
  @ApiOperation({ summary: 'Whether the sync works: stores, capture, lanes, books' })
  check(): Promise<HealthCheckResult> {
    return this.health.check(this.sync.checks());
  }

  /** The process lives, whatever its stores do. */
  @Get('live')
  @ApiOperation({ summary: 'The process lives, whatever its stores do' })
  @ApiOkResponse({ description: 'It does.', schema: LIVENESS_SCHEMA })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }
}
