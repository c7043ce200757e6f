import { prepareCollections, withMongoErrors } from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { MongoClient } from 'mongodb';
import type { Outbox } from '../outbox/outbox.js';

/** Sees to it that the collections have their indexes before the first request is served, and closes the client. */
export class MongoLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private preparation: Promise<void> | undefined;

  constructor(
    private readonly client: MongoClient,
    private readonly database: string,
    private readonly outbox: Outbox,
  ) {}

  onApplicationBootstrap(): void {
    // A MongoDB that is down now is prepared by the first request that finds it up.
    this.prepared().catch(() => undefined);
  }

  /**
   * Resolves when the collections are as they must be: without the unique index, two creations at once would make
   * two users of one e-mail. A failed attempt is made again at the next call.
   *
   * @throws StoreUnavailableError while MongoDB is down
   */
  async prepared(): Promise<void> {
    this.preparation ??= this.prepare().catch((error: unknown) => {
      this.preparation = undefined;
      throw error;
    });
    await this.preparation;
  }

  /** @throws StoreUnavailableError when MongoDB does not answer */
  async ping(): Promise<void> {
    await withMongoErrors(async () => {
      await this.client.connect();
      await this.client.db('admin').command({ ping: 1 });
    });
  }

  /** The driver reconnects by itself, but only after a first attempt that succeeded: that one is made here. */
  private async prepare(): Promise<void> {
    await withMongoErrors(() => this.client.connect());
    await prepareCollections(this.client.db(this.database), [USERS]);
    await this.outbox.prepare();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
