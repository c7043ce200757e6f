import {
  LIVENESS_SCHEMA,
  notReady,
  pingCheck,
  Readiness,
  type Liveness,
} from '@redis-mongo-sync/service-kit';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { EventsLight } from '../events/events-light.js';
import { Dependencies } from './dependencies.js';
import { StoreWatch } from './store-watch.js';

/** Longer than the services behind take to find out that their own store does not answer. */
const TIMEOUT_MS = 2_500;

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly dependencies: Dependencies,
    private readonly events: EventsLight,
    private readonly watch: StoreWatch,
    private readonly readiness: Readiness,
  ) {}

  @Get()
  @HealthCheck()
  @ApiOperation({
    summary: 'Whether everything that the gateway stands on answers',
    description:
      "Asks Redis, MongoDB (through the user service), the user service, the sync service, and the event service, which tells of the events' streams and audit log. One that is down makes " +
      'this 503 and is named, though the side of the other store goes on.',
  })
  check(): Promise<HealthCheckResult> {
    if (this.readiness.isStopping) throw notReady('shutting_down');
    const { dependencies } = this;
    const mongo = dependencies.mongoHealth();
    mongo.catch(() => undefined); // both checks below hear of it
    const pings = [
      { name: 'redis', ping: () => dependencies.redis() },
      { name: 'mongo', ping: async () => mustBeUp(await mongo) },
      { name: 'user-service', ping: () => mongo },
      { name: 'sync-service', ping: () => dependencies.syncService() },
    ];
    return this.health.check([
      ...pings.map((ping) => pingCheck(this.indicators, { ...ping, timeoutMs: TIMEOUT_MS })),
      () => this.events.check(this.indicators),
    ]);
  }

  @Get('live')
  @ApiOperation({ summary: 'The process lives, whatever is behind it' })
  @ApiOkResponse({ description: 'It does.', schema: LIVENESS_SCHEMA })
  live(): Liveness {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether requests should be sent here: at least one of the stores answers' })
  @ApiOkResponse({ description: 'They should.', schema: LIVENESS_SCHEMA })
  @ApiServiceUnavailableResponse({
    description: 'Both stores are down, or the gateway is stopping.',
    schema: { type: 'object', example: { status: 'shutting_down', info: {}, error: {}, details: {} } },
  })
  ready(): Liveness {
    if (this.readiness.isStopping) throw notReady('shutting_down');
    if (this.watch.isDown('mongo') && this.watch.isDown('redis')) throw notReady('error');
    return { status: 'ok' };
  }
}

function mustBeUp(mongo: 'up' | 'down'): void {
  if (mongo === 'down') throw new Error('the user service says that MongoDB does not answer');
}
