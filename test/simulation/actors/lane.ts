import {
  applyToMongo,
  applyToRedis,
  skewMs,
  StoreUnavailableError,
  type ChangeDelivery,
  type Direction,
} from '@redis-mongo-sync/sync-core';
import { MAX_SKEW_MS, type SimWorld } from '../engine/sim-world.js';
import type { Task } from '../engine/task.js';
import { TaskLink } from '../engine/link.js';
import { SimAuthority, SimConflictLog, SimRecords } from '../stores/mongo-ports.js';
import { SimJournal, SimProjections } from '../stores/redis-ports.js';
import type { SimMongo } from '../stores/sim-mongo.js';
import type { SimRedis } from '../stores/sim-redis.js';
import { NoGroupError } from '../stores/sim-stream.js';

export interface LaneOptions {
  readonly world: SimWorld;
  readonly redis: SimRedis;
  readonly mongo: SimMongo;
  readonly task: Task;
  readonly service: number;
  readonly direction: Direction;
  /** Unique per process. */
  readonly consumer: string;
  readonly batchSize: number;
  /** The stream or its group was lost, or entries were. */
  readonly onLoss: (direction: Direction) => void;
}

/** An entry that has been pending for so long is taken over. */
export const CLAIM_AFTER_MS = 5_000;
const RECHECK_EVERY_MS = 2_000;
const BACK_OFF_MS = 100;

/**
 * A consumer of one stream as `StreamConsumer` is one: group, own pending entries, what others left behind, new
 * entries; after a failure from the beginning. What it does with a batch is the real pipeline.
 */
export class SimLane {
  /** What it is working on. */
  inHand: readonly ChangeDelivery[] = [];
  private readonly redelivered = new Set<string>();
  private readonly link: TaskLink;
  private readonly apply: (batch: readonly ChangeDelivery[]) => Promise<unknown>;

  constructor(private readonly options: LaneOptions) {
    const { world, redis, mongo, task, service, direction } = options;
    const { mutation } = world;
    this.link = new TaskLink(world, task, 'redis', service);
    const toMongo = new TaskLink(world, task, 'mongo', service);
    const authority = new SimAuthority(mongo, toMongo);
    const journal = new SimJournal(redis, this.link, mutation);
    const projections = new SimProjections(redis, this.link, mutation);
    const records = new SimRecords(
      mongo,
      toMongo,
      (settlements) => this.link.call('settle', () => redis.settle(direction, settlements)),
      (entryId) => this.redelivered.has(entryId),
    );
    const conflicts = new SimConflictLog(mongo, toMongo);
    this.apply =
      direction === 'mongo-to-redis'
        ? (batch) => applyToRedis(world.entity, batch, { projections, authority, journal })
        : async (batch) => {
            const { refused } = await applyToMongo(world.entity, batch, {
              records,
              authority,
              journal,
              conflicts,
            });
            for (const { delivery, reason } of refused)
              world.violated(`I14: ${delivery.event.eventId} was refused: ${reason}`);
          };
  }

  async run(): Promise<never> {
    for (;;) {
      try {
        await this.session();
      } catch (error) {
        if (error instanceof NoGroupError) continue;
        if (!(error instanceof StoreUnavailableError)) throw error;
        this.inHand = [];
        await new Promise<void>((resolve) => {
          this.options.world.clock(this.options.task).after(BACK_OFF_MS, resolve);
        });
      }
    }
  }

  private async session(): Promise<never> {
    const { world, redis, direction, task, consumer, batchSize } = this.options;
    const stream = redis.streams[direction];
    const at = world.mutation === 'group-at-the-end' ? 'end' : 'start';
    if (await this.link.call('group', () => stream.createGroup(at))) this.options.onLoss(direction);
    for (;;) {
      await this.recover();
      const recheckAt = world.now + RECHECK_EVERY_MS;
      while (world.now < recheckAt) {
        task.laps += 1;
        const batch = await this.link.call('read', () =>
          stream.readNew(consumer, batchSize, world.clockOf('redis')),
        );
        await this.handle(batch);
      }
    }
  }

  private async recover(): Promise<void> {
    const { world, redis, direction, consumer, batchSize } = this.options;
    const stream = redis.streams[direction];
    for (;;) {
      const own = await this.link.call('pending', () => {
        const found = stream.readPending(consumer, batchSize);
        stream.giveUp(found.lost);
        return found;
      });
      await this.takeUp(own, 'redelivered');
      if (own.deliveries.length + own.lost.length === 0) break;
    }
    const left = await this.link.call('claim', () =>
      stream.claim(consumer, CLAIM_AFTER_MS, world.clockOf('redis'), batchSize),
    );
    await this.takeUp(left, 'claimed');
  }

  private async takeUp(
    {
      deliveries,
      lost,
    }: { readonly deliveries: readonly ChangeDelivery[]; readonly lost: readonly number[] },
    how: string,
  ): Promise<void> {
    if (lost.length > 0) this.options.onLoss(this.options.direction);
    if (deliveries.length === 0) return;
    this.options.world.happened(how);
    for (const { entryId } of deliveries) this.redelivered.add(entryId);
    await this.handle(deliveries);
  }

  private async handle(delivered: readonly ChangeDelivery[]): Promise<void> {
    const batch = await this.withoutFuture(delivered);
    if (batch.length === 0) return;
    this.inHand = batch;
    if (this.options.world.mutation === 'ack-before-effect') {
      const settlements = batch.map((delivery) => ({ delivery, outcome: 'applied' as const }));
      await this.link.call('settle', () => this.options.redis.settle(this.options.direction, settlements));
    }
    await this.apply(batch);
    this.inHand = [];
  }

  /** What claims a time that has not come is a dead letter. */
  private async withoutFuture(batch: readonly ChangeDelivery[]): Promise<readonly ChangeDelivery[]> {
    const { world, redis, direction } = this.options;
    const isFuture = ({ event }: ChangeDelivery) => skewMs(event.version, world.now) > MAX_SKEW_MS;
    const future = batch.filter(isFuture);
    if (future.length === 0) return batch;
    await this.link.call('dead-letter', () => {
      for (const delivery of future) redis.streams[direction].deadLetter(delivery);
    });
    world.happened('dead letter');
    return batch.filter((delivery) => !isFuture(delivery));
  }
}
