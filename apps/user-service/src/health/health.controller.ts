import { notReady, pingCheck, Readiness, type Liveness } from '#libs/service-kit';
import { Controller, Get } from '@nestjs/common';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { MongoLifecycle } from '../mongo/mongo-lifecycle.js';

@Controller('users/health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly mongo: MongoLifecycle,
    private readonly readiness: Readiness,
  ) {}

  /** 200 while MongoDB answers, 503 otherwise. */
  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    if (this.readiness.isStopping) throw notReady('shutting_down');
    return this.health.check([pingCheck(this.indicators, { name: 'mongo', ping: () => this.mongo.ping() })]);
  }

  /** The process lives, whatever its store does. */
  @Get('live')
  live(): Liveness {
    return { status: 'ok' };
  }
}
