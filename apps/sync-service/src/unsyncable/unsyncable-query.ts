import { EnumField, Field, IntegerField } from '@redis-mongo-sync/service-kit';
import { DEFAULT_ENTITY, ENTITY_NAMES } from '../entities.js';

/** Longer than any cursor, whatever type an `_id` has. */
const MAX_CURSOR_LENGTH = 16_384;

/** Query of `GET /unsyncable` */
export class UnsyncableQuery {
  @EnumField(ENTITY_NAMES)
  entity: string = DEFAULT_ENTITY;

  @IntegerField({ min: 1, max: 500 })
  limit = 50;

  @Field({
    schema: { type: 'string' },
    optional: true,
    description: '`next` of the page before.',
    convertText: (text) => (text === '' ? undefined : text),
    check: (cursor) =>
      typeof cursor === 'string' && cursor.length <= MAX_CURSOR_LENGTH
        ? undefined
        : 'must be the next of a page',
  })
  after?: string;
}
