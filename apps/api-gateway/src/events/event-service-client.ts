import type { RequestContext } from '@redis-mongo-sync/service-kit';
import type { OpenAPIObject } from '@nestjs/swagger';
import {
  ServiceClient,
  type ServiceAnswer,
  type ServiceClientOptions,
} from '../forwarding/service-client.js';

/** The events' part of a health report. */
export interface EventsReport {
  readonly status: 'up' | 'down';
  readonly [detail: string]: unknown;
}

/** HTTP to the event service. */
export class EventServiceClient extends ServiceClient {
  constructor(where: Pick<ServiceClientOptions, 'url' | 'timeoutMs'>) {
    super({ ...where, service: 'event-service', connections: null });
  }

  /** Undefined from a service that is stopping. @throws ProblemError when it does not answer */
  async health(context: RequestContext): Promise<EventsReport | undefined> {
    const { text } = await this.get('/health', context);
    return (JSON.parse(text) as { details: { events?: EventsReport } }).details.events;
  }

  /** Its figures in the text format of Prometheus. @throws ProblemError when it does not answer */
  async metrics(context: RequestContext): Promise<string> {
    const { text } = await this.get('/metrics', context, { accept: 'text/plain' });
    return text;
  }

  /** The report of /api/events/stats, or the problem that it met. @throws ProblemError when it does not answer */
  stats(context: RequestContext): Promise<ServiceAnswer> {
    return this.get('/api/events/stats', context);
  }

  /** Undefined where it is switched off. @throws ProblemError when it does not answer */
  async openApi(context: RequestContext): Promise<OpenAPIObject | undefined> {
    const { status, text } = await this.get('/api-docs-json', context);
    return status === 200 ? (JSON.parse(text) as OpenAPIObject) : undefined;
  }

  private get(path: string, context: RequestContext, headers = {}): Promise<ServiceAnswer> {
    return this.send({ method: 'GET', path, headers }, context);
  }
}
