import { Injectable } from '@nestjs/common';
import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { randomUUID } from 'node:crypto';
import { EventServiceClient, type EventsReport } from './event-service-client.js';

const PATIENCE_MS = 2_000;

/** What the event service says of the events, as two lines of the gateway's health report: itself, and them. */
@Injectable()
export class EventsLight {
  constructor(private readonly client: EventServiceClient) {}

  async check(indicators: HealthIndicatorService): Promise<HealthIndicatorResult> {
    const [service, events] = [indicators.check('event-service'), indicators.check('events')];
    const report = await this.ask();
    if (report === undefined) {
      const message = 'not known: the event service does not answer';
      return { ...service.down(), ...events.down({ message }) };
    }
    const { status, ...details } = report;
    return { ...service.up(), ...(status === 'up' ? events.up(details) : events.down(details)) };
  }

  private ask(): Promise<EventsReport | undefined> {
    const context = { requestId: randomUUID(), signal: AbortSignal.timeout(PATIENCE_MS) };
    return this.client.health(context).catch(() => undefined);
  }
}
