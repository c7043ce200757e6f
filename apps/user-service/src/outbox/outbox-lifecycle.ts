import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { EventPublisher } from './event-publisher.js';
import type { OutboxRelay } from './outbox-relay.js';

/** Starts the relay with the service, and stops it while MongoDB is still connected. */
export class OutboxLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly relay: OutboxRelay,
    private readonly publisher: EventPublisher,
  ) {}

  onApplicationBootstrap(): void {
    // Also for what a process left that is gone. A MongoDB that is down now is found up by a later round.
    this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.publisher.close();
  }
}
