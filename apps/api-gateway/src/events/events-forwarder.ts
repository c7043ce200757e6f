import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Forwarder } from '../forwarding/forwarder.js';
import { EventServiceClient } from './event-service-client.js';

/** Forwards to the event service; followers are let go when the gateway stops, and come back to the next one. */
@Injectable()
export class EventsForwarder extends Forwarder implements OnModuleDestroy {
  constructor(client: EventServiceClient) {
    super(client);
  }

  onModuleDestroy(): void {
    this.stop();
  }
}
