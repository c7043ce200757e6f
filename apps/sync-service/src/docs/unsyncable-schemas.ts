import type { Schemas } from '@redis-mongo-sync/service-kit';
import { UNSYNCABLE_REASONS } from '@redis-mongo-sync/sync-core';

/** What `GET /unsyncable` answers. */
export const UNSYNCABLE_SCHEMAS: Schemas = {
  UnsyncableDocument: {
    type: 'object',
    required: ['id', 'reason', 'explanation', 'since'],
    properties: {
      id: {
        type: 'string',
        description: '`_id` of the document, as Extended JSON (docs/values.md).',
        example: '{"$oid":"68a1f0c2d4b6e8901234abcd"}',
      },
      reason: { type: 'string', enum: [...UNSYNCABLE_REASONS] },
      explanation: { type: 'string' },
      since: { type: 'string', format: 'date-time' },
    },
  },
  UnsyncablePage: {
    type: 'object',
    required: ['entity', 'documents', 'next'],
    properties: {
      entity: { type: 'string' },
      documents: { type: 'array', items: { $ref: '#/components/schemas/UnsyncableDocument' } },
      next: {
        type: 'string',
        nullable: true,
        description: '`after` of the next page; null on the last one.',
      },
    },
  },
};
