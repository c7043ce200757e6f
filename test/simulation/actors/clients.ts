import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import { TaskLink, type StoreName } from '../engine/link.js';
import type { SimWorld } from '../engine/sim-world.js';
import { Task, type NetworkFault } from '../engine/task.js';
import type { SimMongo } from '../stores/sim-mongo.js';
import { SimMongoStore } from '../stores/sim-mongo-store.js';
import type { SimRedis } from '../stores/sim-redis.js';
import { SimRedisStore } from '../stores/sim-redis-store.js';

export const CLIENT_OPS = ['write', 'patch', 'unset', 'delete', 'deposit', 'rename'] as const;
export type ClientOp = (typeof CLIENT_OPS)[number];

export interface ClientCommand {
  readonly on: StoreName;
  readonly op: ClientOp;
  readonly key: string;
  /** Where a record goes that gets another key. */
  readonly to: string;
  /** Which field is patched, or removed. */
  readonly field: number;
  readonly fault: NetworkFault | null;
}

const NONE = { kind: 'none' } as const;
/** Clients reach both stores however the services are cut off. */
const NO_SERVICE = -1;
const DEPOSIT_ATTEMPTS = 3;
const FIELDS = ['nick', 'name', 'city'];
const BLANK = { mode: 'merge', set: {}, unset: [], create: false, precondition: NONE } as const;

/** The clients of both sides. Each command is a task of its own. */
export class Clients {
  private readonly waiting: Task[] = [];
  private count = 0;

  constructor(
    private readonly world: SimWorld,
    private readonly redis: SimRedis,
    private readonly mongo: SimMongo,
  ) {}

  get busy(): boolean {
    return this.waiting.length > 0;
  }

  async begin(command: ClientCommand): Promise<void> {
    this.count += 1;
    // Keys and balances are changed in Mongo only.
    const on = command.op === 'deposit' || command.op === 'rename' ? 'mongo' : command.on;
    const name = `client${this.count} ${on}`;
    let armed = command.fault !== null;
    const task = new Task(name, (parked) => {
      if (!armed || parked.point === 'get') return;
      parked.armed = command.fault;
      armed = false;
    });
    await task.start(
      () => this.perform(task, { ...command, on }, this.count),
      (error) => {
        if (!(error instanceof StoreUnavailableError))
          this.world.violated(`${name} failed: ${String(error)}`);
      },
    );
    if (!task.ended) this.waiting.push(task);
  }

  /** Lets the client that has waited longest go on. */
  async step(): Promise<boolean> {
    const task = this.waiting[0];
    if (!task) return false;
    await task.resume();
    if (task.ended) this.waiting.splice(this.waiting.indexOf(task), 1);
    return true;
  }

  private async perform(task: Task, command: ClientCommand, number: number): Promise<void> {
    const { on, op, key, to, field } = command;
    const link = new TaskLink(this.world, task, on, NO_SERVICE);
    const mongo = new SimMongoStore(this.mongo, link);
    const store = on === 'mongo' ? mongo : new SimRedisStore(this.redis, link, task.name);
    const name = `n${number}`;
    const patched = FIELDS[field % FIELDS.length] ?? 'nick';
    switch (op) {
      case 'write':
        await store.write({ ...BLANK, key, mode: 'replace', set: { name }, create: true });
        return;
      case 'patch':
        await store.write({ ...BLANK, key, set: { [patched]: name } });
        return;
      case 'unset':
        await store.write({ ...BLANK, key, unset: [patched] });
        return;
      case 'delete':
        await store.remove({ key, precondition: NONE });
        return;
      case 'rename':
        await store.rename({ ...BLANK, key, newKey: to });
        return;
      case 'deposit':
        return deposit(mongo, key, task.name);
    }
  }
}

/** A client that does not know whether its deposit was made makes it again, under the same operation id. */
async function deposit(store: SimMongoStore, key: string, operationId: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await store.deposit(key, operationId);
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || attempt === DEPOSIT_ATTEMPTS) throw error;
    }
  }
}
