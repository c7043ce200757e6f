import type { Schemas } from '@redis-mongo-sync/service-kit';
import { HISTORY_SCHEMAS } from './history-schemas.js';
import { RECONCILE_SCHEMAS } from './reconcile-schemas.js';
import { UNSYNCABLE_SCHEMAS } from './unsyncable-schemas.js';

const count = { type: 'integer', minimum: 0 } as const;
const share = { type: 'number', minimum: 0, maximum: 1, nullable: true } as const;
const milliseconds = { type: 'number', nullable: true, description: 'ms' } as const;
const entryId = { type: 'string', pattern: '^\\d{1,20}-\\d{1,20}$', example: '1807500000000-0' } as const;

const DIRECTION_COUNTS = [
  'captured',
  'applied',
  'stale',
  'duplicate',
  'echo',
  'superseded',
  'deadLettered',
  'retries',
  'conflicts',
  'streamLength',
  'pending',
  'unread',
  'deadLettersWaiting',
] as const;

/** What the endpoints of the sync service answer. */
export const SYNC_SCHEMAS: Schemas = {
  ...HISTORY_SCHEMAS,
  ...RECONCILE_SCHEMAS,
  ...UNSYNCABLE_SCHEMAS,
  SyncReport: {
    type: 'object',
    required: [
      'service',
      'time',
      'upSeconds',
      'alerts',
      'capture',
      'consistency',
      'reconcile',
      'unsyncable',
      'directions',
    ],
    properties: {
      service: { type: 'string', enum: ['sync-service'] },
      time: { type: 'string', format: 'date-time' },
      upSeconds: count,
      alerts: { ...count, description: 'Things a person should look at, since the process started.' },
      capture: {
        type: 'object',
        required: ['mode', 'reason', 'positionAgeMs', 'since', 'snapshot', 'oplog'],
        properties: {
          mode: { type: 'string' },
          reason: { type: 'string', nullable: true },
          positionAgeMs: milliseconds,
          since: { type: 'string', format: 'date-time' },
          snapshot: { type: 'object', nullable: true },
          oplog: { type: 'object' },
        },
      },
      consistency: {
        type: 'object',
        description: 'Share of sampled writes that both stores had in time; null before the first.',
        required: ['within1s', 'within10s', 'within60s', 'samples', 'minutes'],
        properties: {
          within1s: share,
          within10s: share,
          within60s: share,
          samples: count,
          minutes: count,
        },
      },
      reconcile: {
        type: 'object',
        nullable: true,
        required: ['endedAt', 'mode', 'compared', 'differ', 'settling'],
        properties: {
          endedAt: { type: 'string', format: 'date-time', nullable: true },
          mode: { type: 'string', enum: ['sample', 'full'] },
          compared: count,
          differ: count,
          settling: count,
        },
      },
      unsyncable: {
        type: 'object',
        nullable: true,
        description: 'Documents that are not synced, by entity and reason; null: not known.',
        additionalProperties: { type: 'object', additionalProperties: count },
      },
      directions: {
        type: 'object',
        required: ['mongo-to-redis', 'redis-to-mongo'],
        additionalProperties: { $ref: '#/components/schemas/DirectionReport' },
      },
    },
  },
  DirectionReport: {
    type: 'object',
    description: 'captured = applied + stale + duplicate + echo + superseded + deadLettered + inFlight.',
    required: [
      'stream',
      'mode',
      'since',
      'inFlight',
      'balanced',
      'missing',
      'missingEvents',
      'lagMs',
      'positionAgeMs',
      ...DIRECTION_COUNTS,
    ],
    properties: {
      stream: { type: 'string' },
      mode: { type: 'string' },
      since: { type: 'string', format: 'date-time', nullable: true },
      inFlight: { type: 'integer' },
      balanced: { type: 'boolean' },
      missing: {
        type: 'integer',
        description: 'Entries that the ledger has and the stream has not; negative: the stream has more.',
      },
      missingEvents: {
        type: 'array',
        items: { type: 'string' },
        description: 'Ids of missing events, where they can be told; at most 20.',
      },
      positionAgeMs: { type: 'number' },
      ...Object.fromEntries(DIRECTION_COUNTS.map((name) => [name, count])),
      lagMs: {
        type: 'object',
        required: ['now', 'p50', 'p95', 'p99', 'max', 'samples'],
        properties: {
          now: milliseconds,
          p50: milliseconds,
          p95: milliseconds,
          p99: milliseconds,
          max: milliseconds,
          samples: count,
        },
      },
    },
  },
  DeadLetterSizes: {
    type: 'object',
    additionalProperties: count,
    example: { mongo_changes: 0, redis_changes: 2 },
  },
  DeadLetter: {
    type: 'object',
    required: [
      'letterId',
      'stream',
      'group',
      'originalId',
      'error',
      'attempts',
      'firstFailedAt',
      'lastFailedAt',
      'fields',
    ],
    properties: {
      letterId: entryId,
      stream: { type: 'string' },
      group: { type: 'string' },
      originalId: entryId,
      error: { type: 'string' },
      attempts: count,
      firstFailedAt: { type: 'number', description: 'Epoch milliseconds.' },
      lastFailedAt: { type: 'number', description: 'Epoch milliseconds.' },
      fields: {
        type: 'object',
        description: 'The entry as it stood in the stream, secrets blanked.',
        additionalProperties: { type: 'string' },
      },
    },
  },
  DeadLetterPage: {
    type: 'object',
    required: ['letters', 'next'],
    properties: {
      letters: { type: 'array', items: { $ref: '#/components/schemas/DeadLetter' } },
      next: { ...entryId, nullable: true, description: '`after` of the next page; null on the last one.' },
    },
  },
  Replayed: { type: 'object', required: ['entryId'], properties: { entryId } },
  ReplayedOldest: { type: 'object', required: ['replayed'], properties: { replayed: count } },
};
