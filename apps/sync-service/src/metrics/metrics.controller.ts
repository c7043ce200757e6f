import { Answer, ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { SyncStatus } from '@redis-mongo-sync/sync-engine';
import { PrometheusMetrics } from '@redis-mongo-sync/sync-engine/prometheus';
import { Controller, Get, Headers } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

@ApiTags('metrics')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly status: SyncStatus,
    private readonly prometheus: PrometheusMetrics,
  ) {}

  /** JSON, unless the client asks for `text/plain` or OpenMetrics, as Prometheus does. */
  @Get()
  @ApiOperation({ summary: 'What is under way, the ledger, and the lag' })
  @ApiResponse({
    status: 200,
    description: 'JSON; for Prometheus, which asks for `text/plain`, its own format.',
    content: {
      'application/json': { schema: { $ref: '#/components/schemas/SyncReport' } },
      'text/plain': { schema: { type: 'string' } },
      'application/openmetrics-text': { schema: { type: 'string' } },
    },
  })
  @ApiProblems(HttpProblem.StoreUnavailable)
  async read(@Headers('accept') accept: string | undefined): Promise<Answer> {
    if (/text\/plain|application\/openmetrics-text/i.test(accept ?? '')) {
      const { contentType } = this.prometheus;
      return new Answer(200, await this.prometheus.text(), { 'content-type': contentType });
    }
    return new Answer(200, { service: 'sync-service', ...(await this.status.report()) });
  }
}
