import { Controller, Get, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { MetricsReport } from './metrics-report.js';
import { PrometheusMetrics } from './prometheus-metrics.js';

@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly report: MetricsReport,
    private readonly prometheus: PrometheusMetrics,
  ) {}

  /** JSON, unless the client asks for `text/plain` or OpenMetrics, as Prometheus does. */
  @Get()
  async read(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    if (/text\/plain|application\/openmetrics-text/i.test(accept ?? '')) {
      await reply.type(this.prometheus.contentType).send(await this.prometheus.text());
    } else {
      await reply.send(await this.report.read());
    }
  }
}
