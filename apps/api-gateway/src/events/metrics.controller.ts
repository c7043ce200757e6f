import { ProblemError } from '@redis-mongo-sync/service-kit';
import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { passingHeaders } from '../forwarding/passing-headers.js';
import { EventServiceClient } from './event-service-client.js';
import { GatewayMetrics } from './gateway-metrics.js';

@ApiTags('events')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly events: EventServiceClient,
    private readonly gateway: GatewayMetrics,
  ) {}

  /** JSON, unless the client asks for `text/plain` or OpenMetrics, as Prometheus does. */
  @Get()
  @ApiOperation({
    summary: 'The figures of the events and of this process',
    description:
      'Prometheus text for clients that accept `text/plain`; otherwise the report of /api/events/stats. While the event service does not answer, the text has `event_service_up 0` and the figures of this process only.',
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
  async read(
    @Headers('accept') accept: string | undefined,
    @Req() { id: requestId }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (/text\/plain|application\/openmetrics-text/i.test(accept ?? '')) {
      const ofEvents = await this.events.metrics({ requestId }).catch(noneWithoutService);
      await reply.type(this.gateway.contentType).send(await this.gateway.textWith(ofEvents));
    } else {
      const { status, headers, text } = await this.events.stats({ requestId });
      await reply.code(status).headers(passingHeaders(headers)).send(text);
    }
  }
}

function noneWithoutService(error: unknown): undefined {
  if (!(error instanceof ProblemError)) throw error;
}
