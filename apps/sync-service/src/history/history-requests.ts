import { EnumField, Field, IntegerField } from '@redis-mongo-sync/service-kit';
import type { ConflictCursor } from '@redis-mongo-sync/sync-adapters';
import { decodeConflictCursor } from '@redis-mongo-sync/sync-engine';
import { DEFAULT_ENTITY, ENTITY_NAMES } from '../entities.js';

/** Query of the pages of conflicts. */
export class ConflictPageQuery {
  @IntegerField({ min: 1, max: 200 })
  limit = 50;

  @Field({
    schema: { type: 'string' },
    optional: true,
    description: '`next` of the page before.',
    convertText: (text) => (text === '' ? undefined : (decodeConflictCursor(String(text)) ?? text)),
    check: (cursor) => (typeof cursor === 'object' ? undefined : 'must be the next of a page'),
  })
  before?: ConflictCursor;
}

export class HistoryQuery extends ConflictPageQuery {
  @EnumField(ENTITY_NAMES)
  entity: string = DEFAULT_ENTITY;
}

export class RestoreQuery {
  @EnumField(ENTITY_NAMES)
  entity: string = DEFAULT_ENTITY;
}
