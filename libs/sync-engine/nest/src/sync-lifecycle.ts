import type { SyncEngine } from '@redis-mongo-sync/sync-engine';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { SyncMongo } from './mongo-client.js';

/** Starts the engine with the application, and drains it before the application goes. */
export class SyncLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly engine: SyncEngine,
    private readonly mongo: SyncMongo,
    private readonly stopDeadlineMs: number,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.engine.requireSafeRedis();
    } catch (error) {
      // A Redis that is down now is looked at when it is back.
      if (!(error instanceof StoreUnavailableError)) {
        // Nest calls no shutdown hooks of an application that did not start.
        await this.beforeApplicationShutdown();
        throw error;
      }
    }
    this.engine.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.engine.stop(this.stopDeadlineMs);
    if (this.mongo.owned) await this.mongo.client.close();
  }
}
