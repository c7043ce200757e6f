import type { Schemas } from '@redis-mongo-sync/service-kit';
import { DIFFERENCE_KINDS } from '@redis-mongo-sync/sync-core';

const count = { type: 'integer', minimum: 0 } as const;
const time = { type: 'string', format: 'date-time' } as const;

const COUNTS = ['compared', 'total', 'buckets', 'unequalBuckets', 'settling', 'repaired', 'left'] as const;

/** What the reconcile endpoints answer. */
export const RECONCILE_SCHEMAS: Schemas = {
  ReconcileRun: {
    type: 'object',
    required: [
      'id',
      'trigger',
      'state',
      'request',
      'startedAt',
      'endedAt',
      'error',
      'rate',
      'etaSeconds',
      'report',
    ],
    properties: {
      id: { type: 'string', format: 'uuid' },
      trigger: { type: 'string', enum: ['request', 'schedule'] },
      state: { type: 'string', enum: ['running', 'done', 'cancelled', 'failed'] },
      request: { $ref: '#/components/schemas/ReconcileBody' },
      startedAt: time,
      endedAt: { ...time, nullable: true },
      error: { type: 'string', nullable: true },
      rate: { ...count, description: 'Records per second so far.' },
      etaSeconds: { ...count, nullable: true },
      report: {
        oneOf: [
          { $ref: '#/components/schemas/ReconcileReport' },
          { type: 'object', nullable: true, enum: [null] },
        ],
      },
    },
  },
  ReconcileReport: {
    type: 'object',
    required: [...COUNTS, 'found', 'differences', 'settlingKeys', 'cancelled'],
    properties: {
      ...Object.fromEntries(COUNTS.map((name) => [name, count])),
      found: {
        type: 'object',
        required: [...DIFFERENCE_KINDS],
        properties: Object.fromEntries(DIFFERENCE_KINDS.map((kind) => [kind, count])),
      },
      differences: {
        type: 'array',
        maxItems: 500,
        items: {
          type: 'object',
          required: ['key', 'kind', 'left'],
          properties: {
            key: { type: 'string' },
            kind: { type: 'string', enum: [...DIFFERENCE_KINDS] },
            mongoVersion: { type: 'integer', nullable: true },
            redisVersion: { type: 'integer' },
            left: { type: 'boolean' },
          },
        },
      },
      settlingKeys: { type: 'array', items: { type: 'string' } },
      cancelled: { type: 'boolean' },
    },
  },
  ReconcileRuns: {
    type: 'object',
    required: ['runs'],
    properties: { runs: { type: 'array', items: { $ref: '#/components/schemas/ReconcileRun' } } },
  },
};
