import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { MongoLifecycle } from '../mongo/mongo-lifecycle.js';
import type { EventPublisher } from './event-publisher.js';
import type { OutboxRelay } from './outbox-relay.js';

/** Starts the relay with the service, and stops it while MongoDB is still connected. */
export class OutboxLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly relay: OutboxRelay,
    private readonly publisher: EventPublisher,
    private readonly mongo: MongoLifecycle,
  ) {}

  onApplicationBootstrap(): void {
    // What a process left that is gone is published before anybody writes. A MongoDB that is down now: the next poll.
    this.mongo.prepared().then(
      () => this.relay.start(),
      () => this.relay.start(),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.publisher.close();
  }
}
