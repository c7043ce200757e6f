import {
  conflictIdOf,
  type Conflict,
  type ConflictLog,
  type UnsyncableDocument,
  type UnsyncableLog,
} from '@redis-mongo-sync/sync-core';
import type { Link } from '../engine/link.js';
import type { SimMongo } from './sim-mongo.js';

export { SimAuthority } from './sim-authority.js';
export { SimFeed } from './sim-feed.js';
export { SimRecords } from './sim-records.js';

export class SimConflictLog implements ConflictLog {
  constructor(
    private readonly mongo: SimMongo,
    private readonly link: Link,
  ) {}

  keep(conflicts: readonly Conflict[]): Promise<void> {
    const { mongo } = this;
    return this.link.call('keep', () => {
      if (mongo.world.mutation === 'conflict-not-kept') return;
      for (const conflict of conflicts) {
        const id = conflictIdOf(conflict);
        if (!mongo.conflicts.has(id)) mongo.conflicts.set(id, conflict);
      }
    });
  }
}

/** Two captures may overlap for a moment: who has changed the list looks at the documents again. */
export class SimUnsyncableLog implements UnsyncableLog {
  constructor(
    private readonly mongo: SimMongo,
    private readonly link: Link,
  ) {}

  async note(documents: readonly UnsyncableDocument[]): Promise<void> {
    await this.link.call('note', () => {
      for (const { id, reason } of documents) this.mongo.unsyncable.set(id, reason);
    });
    await this.lookAgain(documents.map(({ id }) => id));
  }

  async strike(documents: readonly Omit<UnsyncableDocument, 'reason'>[]): Promise<void> {
    const { docs, unsyncable } = this.mongo;
    const listed = await this.link.call('listed', () =>
      documents.map(({ id }) => id).filter((id) => unsyncable.has(id)),
    );
    if (listed.length === 0) return;
    const good = await this.link.call('look at listed', () => listed.filter((id) => !docs.get(id)?.reason));
    await this.link.call('strike', () => good.forEach((id) => unsyncable.delete(id)));
    await this.lookAgain(good);
  }

  private lookAgain(ids: readonly string[]): Promise<void> {
    const { docs, unsyncable } = this.mongo;
    return this.link.call('look at listed', () => {
      for (const id of ids) {
        const reason = docs.get(id)?.reason;
        if (reason) unsyncable.set(id, reason);
        else unsyncable.delete(id);
      }
    });
  }
}
