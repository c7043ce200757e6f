import type { DoubtsRepairOptions, LostStreamRepairOptions } from '@redis-mongo-sync/sync-engine/testing';
import type { Doubt } from '@redis-mongo-sync/sync-adapters';
import {
  type CaptureJournal,
  type CapturePosition,
  type ChangeEvent,
  type ChangeDelivery,
  type Direction,
  type EntityDefinition,
  type Publication,
  type PublishResult,
  type ProjectionResult,
  type ProjectionTarget,
  type SettledDelivery,
  type TieWrite,
} from '@redis-mongo-sync/sync-core';
import type { Link } from '../engine/link.js';
import type { Mutation } from '../mutations.js';
import type { SimRedis } from './sim-redis.js';

export class SimJournal implements CaptureJournal {
  constructor(
    private readonly redis: SimRedis,
    private readonly link: Link,
    private readonly mutation: Mutation = 'none',
  ) {}

  async position(): Promise<CapturePosition | null> {
    const text = await this.link.call('position', () => this.redis.position);
    return text === null ? null : (JSON.parse(text) as CapturePosition);
  }

  async publish(publication: Publication): Promise<PublishResult> {
    if (this.mutation !== 'checkpoint-before-hand-over') {
      return this.link.call('publish', () => this.redis.publish(publication));
    }
    const moved = await this.link.call('publish', () => this.redis.publish({ ...publication, events: [] }));
    if (moved.outcome === 'published') await this.reEmit(publication.events);
    return moved;
  }

  reEmit(events: readonly ChangeEvent[]): Promise<void> {
    return this.link.call('reEmit', () => this.redis.append(events));
  }

  known(_entity: EntityDefinition, keys: readonly string[]) {
    return this.link.call('known', () => this.redis.known(keys));
  }
}

export class SimProjections implements ProjectionTarget {
  constructor(
    private readonly redis: SimRedis,
    private readonly link: Link,
    private readonly mutation: Mutation = 'none',
  ) {}

  apply(
    _entity: EntityDefinition,
    deliveries: readonly ChangeDelivery[],
  ): Promise<readonly ProjectionResult[]> {
    return this.compare('apply', deliveries);
  }

  applyOver(_entity: EntityDefinition, writes: readonly TieWrite[]): Promise<readonly ProjectionResult[]> {
    return this.compare('merge', writes);
  }

  private async compare(
    point: string,
    deliveries: readonly (ChangeDelivery & Partial<TieWrite>)[],
  ): Promise<readonly ProjectionResult[]> {
    if (this.mutation !== 'non-atomic-compare') {
      return this.link.call(point, () => this.redis.apply(deliveries));
    }
    const seen = await this.link.call(point, () =>
      deliveries.map(({ event }) => this.redis.held.get(event.key)),
    );
    return this.link.call(point, () =>
      deliveries.map((delivery, index) => this.redis.applyOne(delivery, seen[index])),
    );
  }

  settle(settlements: readonly SettledDelivery[]): Promise<void> {
    return this.link.call('settle', () => this.redis.settle('mongo-to-redis', settlements));
  }

  reEmitAnew(_entity: EntityDefinition, key: string, version: number): Promise<void> {
    return this.link.call('reEmitAnew', () => this.redis.reEmitAnew(key, version));
  }

  reEmit(_entity: EntityDefinition, key: string): Promise<void> {
    return this.link.call('reEmit', () => this.redis.reEmit(key));
  }
}

/** What {@link DoubtsRepair} needs of the hash of doubts. */
export function simDoubts(
  redis: SimRedis,
  link: Link,
  mutation: Mutation = 'none',
): DoubtsRepairOptions['doubts'] {
  const { inFlight } = redis.streams['redis-to-mongo'];
  const remove = (doubts: readonly Doubt[]) => {
    for (const { key, version } of doubts) if (redis.doubts.get(key) === version) redis.doubts.delete(key);
  };
  return {
    read: () =>
      link.call('doubts', () => {
        const doubts = [...redis.doubts].map(([key, version]) => ({
          entity: redis.entity.name,
          key,
          version,
        }));
        return { doubts, next: '0' };
      }),
    landed: (doubts) =>
      link.call('landed', () => {
        const landed = doubts.filter(({ key }) => !inFlight.has(key));
        if (mutation === 'doubt-removed-first') remove(landed);
        return landed;
      }),
    remove: (doubts) => link.call('undoubt', () => remove(doubts)),
  };
}

export class SimLedgers {
  constructor(
    private readonly redis: SimRedis,
    private readonly link: Link,
    private readonly mutation: Mutation = 'none',
  ) {}

  trim(direction: Direction): Promise<void> {
    return this.link.call('trim', () => this.redis.streams[direction].trim());
  }

  /** What {@link LostStreamRepair} needs of the ledger and of the in-flight hashes. */
  forRepair(): Pick<LostStreamRepairOptions, 'ledgers' | 'inFlight'> {
    const { redis, link } = this;
    const page = (direction: Direction) => {
      const { pending, unread, outcomes, captured, missing } = redis.streams[direction];
      return { ledger: { captured, outcomes: { ...outcomes }, since: null }, pending, unread, missing };
    };
    return {
      ledgers: {
        read: (direction) => link.call('ledgers', () => page(direction)),
        rebalance: (direction) =>
          link.call('rebalance', () => {
            const before = page(direction);
            redis.streams[direction].rebalance();
            return before;
          }),
      },
      inFlight: {
        size: (direction) =>
          link.call('size', () =>
            this.mutation === 'ledger-only' ? 0 : redis.streams[direction].inFlight.size,
          ),
        async *records(direction) {
          const keys = await link.call('in-flight', () => [...redis.streams[direction].inFlight.keys()]);
          yield new Map([[redis.entity.name, keys]]);
        },
      },
    };
  }
}
