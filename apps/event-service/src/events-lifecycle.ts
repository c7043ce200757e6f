import { RetentionRunner, type AuditLog } from '@redis-mongo-sync/audit-log';
import { backOffMs, errorText, pause } from '@redis-mongo-sync/redis-streams';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Redis } from 'ioredis';
import { AUDIT_LOG } from './audit/audit-log.provider.js';
import { EventFollowers } from './audit/event-followers.js';
import { EventServiceConfig } from './event-service.config.js';
import { EventSubscriptions } from './processing/event-subscriptions.js';

/** A failure in so many is told. */
const TOLD_EVERY = 10;

/**
 * Starts and stops what works on events beside requests. Start: the audit log's tables, then the subscriptions; a store
 * that is down is waited for. Stop: followers first, so that the server can close; then the subscriptions, which finish
 * what is in hand; then the stores.
 */
@Injectable()
export class EventsLifecycle
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('Events');
  private readonly stopped = new AbortController();
  private readonly retention: RetentionRunner | undefined;

  constructor(
    private readonly redis: Redis,
    @Inject(AUDIT_LOG) private readonly log: AuditLog,
    private readonly subscriptions: EventSubscriptions,
    private readonly followers: EventFollowers,
    { audit: { retentionDays } }: EventServiceConfig,
  ) {
    if (retentionDays === 0) return; // for ever
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
    this.followers.close();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.retention?.stop();
    await this.subscriptions.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.log.close();
    this.redis.disconnect();
  }

  private async start(): Promise<void> {
    await this.prepareLog();
    if (this.stopped.signal.aborted) return;
    this.subscriptions.start();
    this.retention?.start();
  }

  private async prepareLog(): Promise<void> {
    const { signal } = this.stopped;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        await this.log.prepare();
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (failures % TOLD_EVERY === 1)
          this.logger.warn(`the audit log cannot be prepared, trying on: ${errorText(error)}`);
      }
      await pause(backOffMs(failures, { baseMs: 200, capMs: 5_000 }), { signal });
    }
  }
}
