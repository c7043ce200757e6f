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
import { OutboxRelay } from '../outbox/outbox-relay.js';
import { MongoLifecycle } from '../mongo/mongo-lifecycle.js';

@ApiTags('health')
@Controller('users/health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly mongo: MongoLifecycle,
    private readonly relay: OutboxRelay,
    private readonly readiness: Readiness,
  ) {}

  /**
   * 200 while MongoDB answers, 503 otherwise. Events that wait for Redis are told of, and no fault of this service: what
   * they tell of is done, and they are kept.
   */
  @Get()
  @HealthCheck()
  @ApiOperation({ summary: 'Whether MongoDB answers' })
  check(): Promise<HealthCheckResult> {
    if (this.readiness.isStopping) throw notReady('shutting_down');
    return this.health.check([
      pingCheck(this.indicators, { name: 'mongo', ping: () => this.mongo.ping() }),
      () => Promise.resolve(this.indicators.check('events').up({ relay: this.relay.state })),
    ]);
  }

  /** The process lives, whatever its store does. */
  @Get('live')
  @ApiOperation({ summary: 'The process lives, whatever its store does' })
  @ApiOkResponse({ description: 'It does.', schema: LIVENESS_SCHEMA })
  live(): Liveness {
    return { status: 'ok' };
  }
}
