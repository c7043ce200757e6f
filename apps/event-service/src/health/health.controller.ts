import {
  LIVENESS_SCHEMA,
  notReady,
  pingCheck,
  Readiness,
  type Liveness,
} from '@redis-mongo-sync/service-kit';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { Redis } from 'ioredis';
import { EventHealth } from '../stats/event-health.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly redis: Redis,
    private readonly events: EventHealth,
    private readonly readiness: Readiness,
  ) {}

  @Get()
  @HealthCheck()
  @ApiOperation({
    summary: 'Whether events get through',
    description: 'Asks Redis, and looks at the streams, their groups and the audit log.',
  })
  check(): Promise<HealthCheckResult> {
    if (this.readiness.isStopping) throw notReady('shutting_down');
    return this.health.check([
      pingCheck(this.indicators, { name: 'redis', ping: () => this.redis.ping() }),
      () => this.events.check(this.indicators),
    ]);
  }

  @Get('live')
  @ApiOperation({ summary: 'The process lives, whatever its stores do' })
  @ApiOkResponse({ description: 'It does.', schema: LIVENESS_SCHEMA })
  live(): Liveness {
    return { status: 'ok' };
  }
}
