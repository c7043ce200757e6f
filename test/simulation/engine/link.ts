import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import type { SimWorld } from './sim-world.js';
import type { Task } from './task.js';

export type StoreName = 'mongo' | 'redis';

/** The way from a client to a store. `effect` is what the store does in one atomic step. */
export interface Link {
  call<T>(point: string, effect: () => T): Promise<T>;
}

/** A link on which nothing happens: for contract suites. */
export const directLink: Link = {
  call: async (_point, effect) => {
    await Promise.resolve();
    return effect();
  },
};

/** The link of one task: each call is a wait, at which others may go on and faults may strike. */
export class TaskLink implements Link {
  constructor(
    private readonly world: SimWorld,
    private readonly task: Task,
    private readonly store: StoreName,
    private readonly service: number,
  ) {}

  async call<T>(point: string, effect: () => T): Promise<T> {
    const { world, task } = this;
    await task.park(point);
    const fault = task.armed;
    task.armed = null;
    if (world.isCut(this.store, this.service)) {
      world.happened('partition');
      throw this.unavailable('partitioned');
    }
    if (fault === null) return this.perform(effect);
    world.happened(fault);
    switch (fault) {
      case 'lost-request':
        throw this.unavailable('the request was lost');
      case 'lost-reply':
        this.perform(effect);
        throw this.unavailable('the reply was lost');
      case 'late':
        world.late.push(() => {
          try {
            this.perform(effect);
          } catch {
            // An error reply that does not arrive.
          }
        });
        throw this.unavailable('timed out');
      case 'resent':
        // Mongo's driver marks a write that it repeats, so that the server performs it once.
        if (this.store === 'mongo') return this.perform(effect);
        this.perform(effect);
        await task.park(point);
        return this.perform(effect);
    }
  }

  private perform<T>(effect: () => T): T {
    const result = effect();
    this.world.note(this.task.name, this.task.point, result);
    return result;
  }

  private unavailable(reason: string): StoreUnavailableError {
    this.world.note(this.task.name, this.task.point, reason);
    return new StoreUnavailableError(this.store, reason);
  }
}
