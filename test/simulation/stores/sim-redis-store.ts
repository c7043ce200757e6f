import {
  differingFields,
  fieldsAfter,
  isMet,
  payloadOf,
  refusal,
  sharedFields,
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
import type { Link } from '../engine/link.js';
import { pageOf } from './page-of.js';
import type { RedisWrite, SimRedis } from './sim-redis.js';

/** Redis as its clients see it: read, merge, and write on condition that no other client was faster. */
export class SimRedisStore implements RecordStore {
  private operations = 0;

  constructor(
    private readonly redis: SimRedis,
    private readonly link: Link,
    /** Unique per client. */
    private readonly name = 'client',
  ) {}

  get(key: string): Promise<RecordState> {
    return this.link.call('get', () => this.redis.state(key));
  }

  list(page: Page): Promise<RecordPage> {
    return this.link.call('list', () =>
      pageOf(
        [...this.redis.held.keys()].map((key) => this.redis.state(key)),
        page,
      ),
    );
  }

  async write(command: WriteCommand): Promise<WriteResult> {
    const { key, precondition, create } = command;
    const { entity } = this.redis;
    for (;;) {
      const before = await this.get(key);
      if (!isMet(precondition, before) || (before.state !== 'live' && !create))
        return refusal(precondition, before);
      const held = before.state === 'live' ? before.record.fields : {};
      const fields = fieldsAfter(entity, held, command);
      const expected = before.state === 'live' ? before.record : 'absent';
      const changed =
        before.state === 'live' ? differing(sharedFields(entity, held), sharedFields(entity, fields)) : null;
      const result = await this.send(key, fields, expected, changed);
      if (result.outcome === 'conflict') continue;
      const record: SyncRecord = { key, version: result.version, source: 'redis', fields };
      return { outcome: result.created ? 'created' : 'updated', record };
    }
  }

  async remove({ key, precondition }: RemoveCommand): Promise<RemoveResult> {
    if (precondition.kind !== 'absent') {
      const expected = precondition.kind === 'version' ? precondition.version : 'exists';
      const result = await this.send(key, null, expected, null);
      if (result.outcome === 'written') return { outcome: 'removed', version: result.version };
    }
    return refusal(precondition, await this.get(key));
  }

  rename(_command: RenameCommand): Promise<RenameResult> {
    return Promise.resolve({ outcome: 'unsupported', reason: 'keys are changed on the other side' });
  }

  private send(
    key: string,
    fields: JsonObject | null,
    expected: RedisWrite['expected'],
    changed: readonly string[] | null,
  ) {
    const operationId = `${this.name} ${(this.operations += 1)}`;
    const payload = fields && payloadOf(fields);
    return this.link.call('write', () => this.redis.write({ key, payload, expected, operationId, changed }));
  }
}

function differing(before: JsonObject, after: JsonObject): readonly string[] {
  return differingFields(before, after);
}
