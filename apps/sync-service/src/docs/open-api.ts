import { serviceDocument } from '@redis-mongo-sync/service-kit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { SYNC_SCHEMAS } from './schemas.js';

/** The OpenAPI document of the sync service. */
export function syncServiceDocument(app: NestFastifyApplication): OpenAPIObject {
  return serviceDocument(app, {
    title: 'Redis–Mongo sync: sync service',
    description: 'What the sync is doing, and what waits for a person.',
    tags: {
      health: 'What works',
      metrics: 'What is under way, and the ledger',
      reconcile: 'Whether both stores hold the same. For administrators.',
      history: 'Which write won, why, and what lost. For administrators.',
      unsyncable: 'What cannot be synced as it is. For administrators.',
      'dead-letters': 'What could not be applied. For administrators.',
    },
    schemas: SYNC_SCHEMAS,
  });
}
