import type { MongoUnsyncableLog } from '@redis-mongo-sync/sync-adapters';
import type { EntityDefinition, UnsyncableReason } from '@redis-mongo-sync/sync-core';
import { whyUnsyncable } from './why-unsyncable.js';

/** A document that is not synced, as HTTP shows it. */
export interface UnsyncableView {
  /** Extended JSON of its `_id`. */
  readonly id: string;
  readonly reason: UnsyncableReason;
  readonly explanation: string;
  /** ISO time since when it is on the list. */
  readonly since: string;
}

export interface UnsyncablePageView {
  readonly entity: string;
  readonly documents: readonly UnsyncableView[];
  /** `after` of the next page; `null` on the last one. */
  readonly next: string | null;
}

interface Page {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** The documents that are not synced: for a person who wants to mend them. They are synced as soon as they can be. */
export class UnsyncableDocuments {
  constructor(private readonly log: Pick<MongoUnsyncableLog, 'list'>) {}

  async list(entity: EntityDefinition, { limit, ...page }: Page): Promise<UnsyncablePageView> {
    const found = await this.log.list({ entity, limit: limit + 1, ...page });
    const documents = found.slice(0, limit).map(({ id, reason, since }) => ({
      id,
      reason,
      explanation: whyUnsyncable(entity, reason),
      since: new Date(since).toISOString(),
    }));
    return {
      entity: entity.name,
      documents,
      next: found.length > limit ? (documents.at(-1)?.id ?? null) : null,
    };
  }
}
