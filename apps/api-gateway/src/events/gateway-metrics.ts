import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** The figures of this process, to which those of the events are added. */
@Injectable()
export class GatewayMetrics {
  private readonly registry = new Registry();
  private readonly eventService = new Gauge({
    name: 'event_service_up',
    help: '1 while the event service answers',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** @param ofEventService its figures, those of its process among them, which are not ours to show */
  async textWith(ofEventService: string | undefined): Promise<string> {
    this.eventService.set(ofEventService === undefined ? 0 : 1);
    const families = (ofEventService ?? '').split(/^(?=# HELP )/m);
    const ofEvents = families.filter((family) => family.startsWith('# HELP events_'));
    return `${await this.registry.metrics()}\n${ofEvents.join('')}`;
  }
}
