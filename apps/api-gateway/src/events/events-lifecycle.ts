import { RetentionRunner, type AuditLog } from '@redis-mongo-sync/audit-log';
import {
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventFollowers } from './audit/event-followers.js';
import type { EventsSettings } from './events-settings.js';
import type { EventProcessors } from './processing/event-processors.js';

export interface EventsLifecycleParts {
  readonly redis: Redis;
  readonly log: AuditLog;
  readonly processors: EventProcessors;
  readonly followers: EventFollowers;
  readonly settings: EventsSettings;
  /** 0: for ever. */
  readonly retentionDays: number;
}

const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 5_000;

/**
 * Starts and stops what works on events beside requests. Start: the audit log's tables, then the consumers; a store
 * that is down is waited for. Stop: followers first, so that the server can close; then the consumers, which finish
 * what is in hand; then the stores.
 */
export class EventsLifecycle
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('Events');
  private readonly stopped = new AbortController();
  private readonly retention: RetentionRunner | undefined;

  constructor(private readonly parts: EventsLifecycleParts) {
    const { log, settings, retentionDays } = parts;
    if (!settings.processors || retentionDays === 0) return;
    this.retention = new RetentionRunner(log, {
      days: retentionDays,
      onRemoved: (count) => this.logger.log(`${count} events left the audit log: older than retention`),
      onError: (error) =>
        this.logger.warn(`the audit log's retention failed, it tries again: ${String(error)}`),
    });
  }

  onApplicationBootstrap(): void {
    void this.start(); // goes on by itself: a store that is down is waited for
  }

  onModuleDestroy(): void {
    this.stopped.abort();
    this.parts.followers.close();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.retention?.stop();
    if (this.parts.settings.processors) await this.parts.processors.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.parts.log.close();
    this.parts.redis.disconnect();
  }

  private async start(): Promise<void> {
    await this.prepareLog();
    if (this.stopped.signal.aborted || !this.parts.settings.processors) return;
    this.parts.processors.start();
    this.retention?.start();
  }

  private async prepareLog(): Promise<void> {
    const { signal } = this.stopped;
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      try {
        await this.parts.log.prepare();
        return;
      } catch (error) {
        if (signal.aborted) return;
        const loud = pause === FIRST_PAUSE_MS || pause === MAX_PAUSE_MS;
        if (loud) this.logger.warn(`the audit log cannot be prepared, trying on: ${String(error)}`);
      }
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
