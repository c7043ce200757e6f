import { randomUUID } from 'node:crypto';
import {
  differingFields,
  fieldsAfter,
  isMet,
  payloadOf,
  refusal,
  sharedFields,
  StoreUnavailableError,
  type EntityDefinition,
  type JsonObject,
  type Page,
  type RecordPage,
  type RecordState,
  type RecordStore,
  type RemoveCommand,
  type RemoveResult,
  type RenameCommand,
  type RenameResult,
  type SyncRecord,
  type WriteCommand,
  type WriteResult,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { KEYS } from './keys.js';
import { OneAtATime } from '../one-at-a-time.js';
import { lookAt, type Look } from './look-at.js';
import { withRedisErrors } from './redis-errors.js';
import type { OnForeign } from './redis-projection-target.js';
import type { RecordWriteResult } from './replies/write-record.reply.js';
import { writeRecord, type RecordWrite } from './write-record.js';

export interface RedisRecordStoreOptions {
  readonly redis: Redis;
  readonly entity: EntityDefinition;
  /** How long tombstones are kept, ms. */
  readonly tombstoneTtlMs?: number;
  readonly onForeign?: OnForeign;
}

/** Attempts of a read-merge-write before the key is called too busy. */
const MAX_ATTEMPTS = 32;

/**
 * Redis as its clients see it. A write reads the record, merges, and writes with the read version as its condition,
 * so that Mongo-owned fields and other clients' fields are never lost; the script assigns the version and appends the
 * change to `redis_changes` in the same step.
 */
export class RedisRecordStore implements RecordStore {
  private readonly tombstoneTtlMs: number;
  private readonly writers = new OneAtATime();

  constructor(private readonly options: RedisRecordStoreOptions) {
    this.tombstoneTtlMs = options.tombstoneTtlMs ?? DEFAULT_TOMBSTONE_TTL_MS;
  }

  async get(key: string): Promise<RecordState> {
    return (await this.look(key)).state;
  }

  async list({ limit, after }: Page): Promise<RecordPage> {
    const { redis, entity } = this.options;
    const from = after === undefined ? '-' : `(${after}`;
    return withRedisErrors(async () => {
      const keys = await redis.zrange(KEYS.index(entity), from, '+', 'BYLEX', 'LIMIT', 0, limit + 1);
      const page = keys.slice(0, limit);
      const texts = page.length === 0 ? [] : await redis.mget(page.map((key) => KEYS.record(entity, key)));
      const records = page
        .map((key, index) => recordFrom(entity, key, texts[index]))
        .filter((record) => record !== null);
      const last = page.at(-1);
      return keys.length > limit && last !== undefined ? { records, next: last } : { records };
    });
  }

  write(command: WriteCommand): Promise<WriteResult> {
    return this.writers.run(command.key, () => withRedisErrors(() => this.writeMerged(command)));
  }

  async remove(command: RemoveCommand): Promise<RemoveResult> {
    const { key, precondition } = command;
    return withRedisErrors(async () => {
      if (precondition.kind === 'absent') return this.refused(command);
      const expected = precondition.kind === 'version' ? precondition.version : 'exists';
      const result = await this.attempt({ key, payload: null, expected, ...traceOf(command) });
      if (result.outcome === 'written') return { outcome: 'removed', version: result.version };
      return this.refused(command);
    });
  }

  /**
   * Redis cannot rename: the credentials and the wallet live in Mongo under the old key, and only a transaction there
   * can move them together.
   */
  rename(_command: RenameCommand): Promise<RenameResult> {
    const { keyField } = this.options.entity;
    const reason = `${keyField} can be changed on the mongo-first side only: fields that never leave Mongo move with it`;
    return Promise.resolve({ outcome: 'unsupported', reason });
  }

  private async writeMerged(command: WriteCommand): Promise<WriteResult> {
    const { precondition, create } = command;
    const { entity } = this.options;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { state: before, expected } = await this.look(command.key);
      const live = before.state === 'live';
      if (!isMet(precondition, before) || !(live || create)) return refusal(precondition, before);
      const held = live ? before.record.fields : {};
      const fields = fieldsAfter(entity, held, command);
      // What a record is created with, or adopted from a text without a stamp, is all of it.
      const known = live && before.record.version > 0;
      const changed = known ? { changed: this.changedBetween(held, fields) } : {};
      const write = { key: command.key, payload: payloadOf(fields), expected, ...changed };
      const result = await this.attempt({ ...write, ...traceOf(command) });
      if (result.outcome === 'conflict') continue; // another process, or an apply, was faster
      const record: SyncRecord = { key: command.key, version: result.version, source: 'redis', fields };
      return { outcome: live ? 'updated' : 'created', record };
    }
    const what = `${entity.name} "${command.key}"`;
    throw new StoreUnavailableError('redis', `${what} is written too often: no attempt got through`);
  }

  /** What stands under the record's two keys, and the condition that it still does. */
  private async look(key: string): Promise<Look> {
    const { redis, entity } = this.options;
    // MGET, unlike GET, takes what is no text for nothing.
    const [record = null, tombstone = null] = await withRedisErrors(() =>
      redis.mget(KEYS.record(entity, key), KEYS.tombstone(entity, key)),
    );
    return lookAt(entity, key, { record, tombstone });
  }

  /** The shared fields that a write sets or removes. */
  private changedBetween(before: JsonObject, after: JsonObject): readonly string[] {
    const { entity } = this.options;
    const differing = differingFields(sharedFields(entity, before), sharedFields(entity, after));
    return differing.filter((field) => field !== entity.keyField);
  }

  private async attempt(
    write: Omit<RecordWrite, 'tombstoneTtlMs' | 'operationId'>,
  ): Promise<RecordWriteResult> {
    const { redis, entity, onForeign } = this.options;
    const operation = { operationId: randomUUID(), tombstoneTtlMs: this.tombstoneTtlMs };
    const result = await writeRecord(redis, entity, { ...write, ...operation });
    if (result.outcome === 'written' && result.foreign.length > 0) onForeign?.(result.foreign);
    return result;
  }

  private async refused({ key, precondition }: RemoveCommand): Promise<RemoveResult> {
    if (precondition.kind === 'none') return { outcome: 'absent' };
    return refusal(precondition, await this.get(key));
  }
}

function traceOf({ traceparent }: { readonly traceparent?: string }) {
  return traceparent === undefined ? {} : { traceparent };
}

function recordFrom(
  entity: EntityDefinition,
  key: string,
  text: string | null | undefined,
): SyncRecord | null {
  const { state } = lookAt(entity, key, { record: text ?? null, tombstone: null });
  return state.state === 'live' ? state.record : null;
}
