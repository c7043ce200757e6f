import { CaptureFlow, DoubtsRepair, LostStreamRepair } from '@redis-mongo-sync/sync-engine/testing';
import { DIRECTIONS, StoreUnavailableError, type Direction } from '@redis-mongo-sync/sync-core';
import { TaskLink, type StoreName } from '../engine/link.js';
import type { SimWorld } from '../engine/sim-world.js';
import { Task } from '../engine/task.js';
import { SimAuthority, SimFeed, SimUnsyncableLog } from '../stores/mongo-ports.js';
import { SimLedgers, simDoubts, SimJournal, SimProjections } from '../stores/redis-ports.js';
import type { SimMongo } from '../stores/sim-mongo.js';
import type { SimRedis } from '../stores/sim-redis.js';
import { SimLane } from './lane.js';

export const ROLES = ['capture', 'mongo-to-redis', 'redis-to-mongo', 'housekeeping'] as const;
export type Role = (typeof ROLES)[number];

export interface ServiceOptions {
  readonly world: SimWorld;
  readonly redis: SimRedis;
  readonly mongo: SimMongo;
  readonly index: number;
  readonly batchSize: number;
  /** Called whenever one of its tasks parks; may crash the service. */
  readonly onPark: (service: SimService, task: Task, role: Role) => void;
}

const LEASE_MS = 5_000;
const ROUND_MS = 2_000;

/** One sync-service: capture, a consumer per direction, housekeeping. It can crash, and be booted again. */
export class SimService {
  readonly tasks = new Map<Role, Task>();
  readonly lanes = new Map<Direction, SimLane>();
  private boots = 0;
  private readonly wanted = new Set<Direction>();
  private readonly suspicious = new Map<Direction, number>();

  constructor(readonly options: ServiceOptions) {}

  get index(): number {
    return this.options.index;
  }

  get isUp(): boolean {
    return this.tasks.size > 0;
  }

  async boot(): Promise<void> {
    this.boots += 1;
    this.wanted.clear();
    this.suspicious.clear();
    for (const role of ROLES) {
      const task = new Task(`${this.name} ${role}`, (parked) => this.options.onPark(this, parked, role));
      this.tasks.set(role, task);
      await task.start(
        () => this.body(role, task),
        (error) => this.options.world.violated(`${task.name} failed: ${String(error)}`),
      );
    }
  }

  /** As `kill -9`: nothing of it runs ever again. */
  crash(): void {
    for (const task of this.tasks.values()) task.dead = true;
    this.tasks.clear();
    this.lanes.clear();
  }

  private get name(): string {
    return `s${this.options.index}.${this.boots}`;
  }

  private body(role: Role, task: Task): Promise<void> {
    switch (role) {
      case 'capture':
        return this.capture(task);
      case 'housekeeping':
        return this.keepHouse(task);
      default:
        return this.consume(role, task);
    }
  }

  private async capture(task: Task): Promise<void> {
    const { world, redis, mongo, index } = this.options;
    const toRedis = this.link(task, 'redis');
    const toMongo = this.link(task, 'mongo');
    const token = `${this.name} ${index}`;
    const flow = new CaptureFlow({
      entities: world.mutation === 'snapshot-skipped' ? [] : [world.entity],
      prepare: () => toMongo.call('prepare', () => undefined),
      feed: new SimFeed(mongo, toMongo, () => (task.laps += 1)),
      journal: new SimJournal(redis, toRedis, world.mutation),
      authority: new SimAuthority(mongo, toMongo),
      unsyncable: new SimUnsyncableLog(mongo, toMongo),
      lease: {
        hold: () => {
          task.laps += 1;
          return toRedis.call('lease', () => redis.holdLease(token, LEASE_MS));
        },
        release: () => toRedis.call('release', () => redis.releaseLease(token)),
      },
      isFull: () => false,
      observer: {
        modeChanged: () => undefined,
        published: () => undefined,
        alert: (code, message) => {
          world.happened(`alert ${code}`);
          if (message.startsWith('capture failed')) world.violated(message);
        },
      },
      clock: world.clock(task),
      random: () => 0.5,
    });
    flow.start();
    await new Promise(() => undefined);
  }

  private consume(direction: Direction, task: Task): Promise<never> {
    const { world, redis, mongo, index: service, batchSize } = this.options;
    const consumer = this.name;
    const onLoss = (lost: Direction) => void this.wanted.add(lost);
    const lane = new SimLane({ world, redis, mongo, task, service, direction, consumer, batchSize, onLoss });
    this.lanes.set(direction, lane);
    return lane.run();
  }

  /** What `Housekeeping` does in its rounds: a look at the ledger, the real repairs where they are due. */
  private async keepHouse(task: Task): Promise<never> {
    const { world, redis, mongo } = this.options;
    const toRedis = this.link(task, 'redis');
    const ledgers = new SimLedgers(redis, toRedis, world.mutation);
    const stores = {
      entities: [world.entity],
      journal: new SimJournal(redis, toRedis, world.mutation),
      authority: new SimAuthority(mongo, this.link(task, 'mongo')),
      projections: new SimProjections(redis, toRedis, world.mutation),
    };
    const repair = new LostStreamRepair({ ...stores, ...ledgers.forRepair() });
    const doubts = new DoubtsRepair({ ...stores, doubts: simDoubts(redis, toRedis, world.mutation) });
    for (;;) {
      task.laps += 1;
      await new Promise<void>((resolve) => world.clock(task).after(ROUND_MS, resolve));
      try {
        for (const direction of DIRECTIONS) {
          await ledgers.trim(direction);
          if (await this.isRepairDue(direction, repair)) {
            await repair.run(direction);
            world.happened('repair');
          }
          this.wanted.delete(direction);
        }
        if ((await doubts.run()) > 0) world.happened('doubt confirmed');
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
      }
    }
  }

  private async isRepairDue(direction: Direction, repair: LostStreamRepair): Promise<boolean> {
    if (this.wanted.has(direction)) return true;
    const missing = await repair.missing(direction);
    const before = this.suspicious.get(direction) ?? 0;
    this.suspicious.set(direction, missing);
    return missing !== 0 && missing === before;
  }

  private link(task: Task, store: StoreName): TaskLink {
    return new TaskLink(this.options.world, task, store, this.options.index);
  }
}
