import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Source } from '@redis-mongo-sync/sync-core';
import { pause } from '@redis-mongo-sync/redis-streams';

export type Probes = Readonly<Record<Source, () => Promise<unknown>>>;

const EVERY_MS = 1_000;

/** Knows which store is down, from asking each once a second, so that answers to writes can say so. */
export class StoreWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly down = new Set<Source>();
  private readonly stopped = new AbortController();
  private readonly logger = new Logger('Stores');

  constructor(private readonly probes: Probes) {}

  isDown(store: Source): boolean {
    return this.down.has(store);
  }

  onApplicationBootstrap(): void {
    for (const store of ['mongo', 'redis'] as const) void this.watch(store);
  }

  onApplicationShutdown(): void {
    this.stopped.abort();
  }

  private async watch(store: Source): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.look(store);
      await pause(EVERY_MS, { signal });
    }
  }

  private async look(store: Source): Promise<void> {
    // Asked twice: one late answer of a busy machine is no outage.
    const answers = (await this.answers(store)) || (await this.answers(store));
    if (this.stopped.signal.aborted || answers !== this.down.has(store)) return;
    if (answers) {
      this.down.delete(store);
      this.logger.log(`${store} answers again`);
    } else {
      this.down.add(store);
      this.logger.warn(`${store} does not answer: ${store}-first is refused, the other side goes on`);
    }
  }

  private answers(store: Source): Promise<boolean> {
    return this.probes[store]().then(
      () => true,
      () => false,
    );
  }
}
