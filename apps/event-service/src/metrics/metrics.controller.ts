import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { EventStats } from '../stats/event-stats.js';
import { EventMetrics } from './event-metrics.js';

@ApiTags('events')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: EventMetrics,
    private readonly stats: EventStats,
  ) {}

  /** JSON, unless the client asks for `text/plain` or OpenMetrics, as Prometheus does. */
  @Get()
  @ApiOperation({
    summary: 'The figures of the events and of this process',
    description:
      'Prometheus text for clients that accept `text/plain`; otherwise the report of /api/events/stats.',
  })
  @ApiResponse({
    status: 200,
    description: 'The figures of this moment.',
    content: {
      'application/json': { schema: { type: 'object' } },
      'text/plain': { schema: { type: 'string' } },
      'application/openmetrics-text': { schema: { type: 'string' } },
    },
  })
  async read(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    if (/text\/plain|application\/openmetrics-text/i.test(accept ?? '')) {
      await reply.type(this.metrics.contentType).send(await this.metrics.text());
    } else await reply.send(await this.stats.read());
  }
}
