import type { Redis } from 'ioredis';
import { housekeepingClock, type Clock } from './clock.js';
import type { StreamLayout } from './envelope/stream-catalog.js';
import { StreamTrimmer } from './stream-trimmer.js';

/** Keeps every stream of `trim: 'acked'` short that this process publishes on or subscribes: one trimmer each. */
export class StreamTrimming {
  private readonly trimmers = new Map<string, StreamTrimmer>();

  constructor(
    private readonly commands: Redis,
    private readonly clock: Clock = housekeepingClock,
  ) {}

  keep({ definition, streamKeys }: StreamLayout): void {
    if (definition.trim !== 'acked') return;
    for (const stream of streamKeys) {
      if (this.trimmers.has(stream)) continue;
      const { commands, clock } = this;
      const trimmer = new StreamTrimmer({ commands, stream, clock, keepWithoutGroup: definition.maxLength });
      this.trimmers.set(stream, trimmer);
      trimmer.start();
    }
  }

  /** Resolves when no trim is under way. */
  async stop(): Promise<void> {
    await Promise.all([...this.trimmers.values()].map((trimmer) => trimmer.stop()));
    this.trimmers.clear();
  }
}
