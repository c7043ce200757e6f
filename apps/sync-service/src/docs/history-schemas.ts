import type { Schemas } from '@redis-mongo-sync/service-kit';
import { CONFLICT_REASONS } from '@redis-mongo-sync/sync-core';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const version = { type: 'integer', minimum: 1, nullable: true } as const;
const time = { type: 'string', format: 'date-time' } as const;
const source = { type: 'string' as const, enum: ['mongo', 'redis'] };
const names = { type: 'array', items: { type: 'string' as const } } as const;
const next = {
  type: 'string',
  nullable: true,
  description: '`before` of the next page; null on the last one.',
};
const conflicts = { type: 'array', items: ref('KeptConflict') } as const;

/** What the endpoints of the history answer. */
export const HISTORY_SCHEMAS: Schemas = {
  ConflictSide: {
    type: 'object',
    required: ['version', 'source', 'updatedAt', 'deleted', 'content'],
    properties: {
      version: { ...version, description: 'null: written by somebody who gave none.' },
      source,
      updatedAt: { ...time, nullable: true },
      deleted: { type: 'boolean' },
      content: {
        type: 'object',
        nullable: true,
        additionalProperties: true,
        description: 'null for a delete, and where it was too large to be kept.',
      },
      omittedBytes: { type: 'integer', description: 'Size of a content that was too large to be kept.' },
    },
  },
  KeptConflict: {
    type: 'object',
    required: ['id', 'entity', 'key', 'at', 'reason', 'how', 'explanation', 'winner', 'loser'],
    properties: {
      id: { type: 'string', example: '1879048192000000-redis' },
      entity: { type: 'string' },
      key: { type: 'string' },
      at: time,
      reason: { type: 'string', enum: [...CONFLICT_REASONS] },
      how: { type: 'string', enum: ['discarded', 'overwritten', 'merged'] },
      explanation: { type: 'string' },
      winner: ref('ConflictSide'),
      loser: ref('ConflictSide'),
      fields: {
        type: 'object',
        description:
          'Where the two were merged: what became of the fields that the Redis-first write had changed.',
        required: ['merged', 'lost', 'overruled'],
        properties: {
          merged: { ...names, description: 'Taken from it.' },
          lost: {
            ...names,
            description: "Changed on both sides; MongoDB's change is the newer one and stands.",
          },
          overruled: {
            ...names,
            description: 'Changed on both sides; among those taken, this change is the newer one.',
          },
        },
      },
    },
  },
  ConflictPage: { type: 'object', required: ['conflicts', 'next'], properties: { conflicts, next } },
  HeldRecord: {
    type: 'object',
    required: ['state', 'version', 'source', 'updatedAt'],
    properties: {
      state: { type: 'string', enum: ['live', 'deleted', 'absent'] },
      version,
      source: { type: 'string' as const, enum: ['mongo', 'redis', null], nullable: true },
      updatedAt: { ...time, nullable: true },
    },
  },
  RecordHistory: {
    type: 'object',
    required: ['entity', 'key', 'stores', 'conflicts', 'next'],
    properties: {
      entity: { type: 'string' },
      key: { type: 'string' },
      stores: {
        type: 'object',
        required: ['mongo', 'redis', 'equal', 'inFlight'],
        properties: {
          mongo: ref('HeldRecord'),
          redis: ref('HeldRecord'),
          equal: { type: 'boolean', description: 'Same state, stamp and content.' },
          inFlight: {
            type: 'object',
            required: ['mongo-to-redis', 'redis-to-mongo'],
            additionalProperties: { ...version, description: 'The newest version on its way; null: none.' },
          },
        },
      },
      conflicts,
      next,
    },
  },
  Restored: {
    type: 'object',
    required: ['key', 'outcome', 'version', 'source', 'updatedAt'],
    properties: {
      key: { type: 'string' },
      outcome: { type: 'string', enum: ['created', 'updated', 'removed'] },
      version: { type: 'integer', minimum: 1 },
      source,
      updatedAt: time,
    },
  },
};
