import type { EntityDefinition, Stamp } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { KEYS } from './keys.js';
import type { RecordWriteResult } from './replies/write-record.reply.js';
import { SCRIPTS } from './scripts.js';

export interface RecordWrite {
  readonly key: string;
  /** Payload text; `null` writes a tombstone. */
  readonly payload: string | null;
  /** Condition on the living record; a number is its version, 0 that of a text without a stamp. */
  readonly expected: 'any' | 'absent' | 'exists' | number | Stamp;
  /** Makes the write safe to send again; unique per attempt. */
  readonly operationId: string;
  readonly tombstoneTtlMs: number;
  readonly traceparent?: string;
  /** The top-level fields that are set or removed. Absent: all. */
  readonly changed?: readonly string[];
}

/** A longer list is no better than none. */
const MAX_CHANGED_NAMES = 1000;

/** How long the answer to an operation is remembered, s: longer than any client keeps resending. */
const OPERATION_TTL_SECONDS = 60;

/** One client write in Redis: `write-record.lua`. */
export function writeRecord(
  redis: Redis,
  entity: EntityDefinition,
  write: RecordWrite,
): Promise<RecordWriteResult> {
  return SCRIPTS.writeRecord.run(
    redis,
    [
      KEYS.record(entity, write.key),
      KEYS.tombstone(entity, write.key),
      KEYS.stream('redis-to-mongo'),
      KEYS.inFlight('redis-to-mongo'),
      KEYS.ledger('redis-to-mongo'),
      KEYS.index(entity),
      KEYS.operation(write.operationId),
    ],
    [
      entity.name,
      write.key,
      write.payload === null ? 'delete' : 'upsert',
      write.payload ?? '',
      expectedText(write.expected),
      String(write.tombstoneTtlMs),
      String(entity.ttlSeconds ?? 0),
      String(OPERATION_TTL_SECONDS),
      write.traceparent ?? '',
      changedText(write.changed),
    ],
  );
}

function changedText(names: readonly string[] | undefined): string {
  return names === undefined || names.length > MAX_CHANGED_NAMES ? '' : JSON.stringify(names);
}

function expectedText(expected: RecordWrite['expected']): string {
  if (expected === 'any') return '';
  return typeof expected === 'object' ? `${expected.version} ${expected.source}` : String(expected);
}
