import type { DeadLetters } from '@redis-mongo-sync/redis-streams';
import { KEYS, SyncLetters } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';

/** The dead letters of both streams, by the stream's name. */
export class SyncDeadLetters {
  private readonly byStream: ReadonlyMap<string, DeadLetters>;

  constructor(commands: Redis, secretFields: readonly string[]) {
    this.byStream = new Map(
      DIRECTIONS.map((direction) => [
        KEYS.stream(direction),
        new SyncLetters(direction, { commands, secretFields }),
      ]),
    );
  }

  get streams(): readonly string[] {
    return [...this.byStream.keys()];
  }

  /** @throws RangeError when there is no such stream */
  of(stream: string): DeadLetters {
    const letters = this.byStream.get(stream);
    if (!letters)
      throw new RangeError(`there is no stream ${stream}; there are ${this.streams.join(' and ')}`);
    return letters;
  }
}
