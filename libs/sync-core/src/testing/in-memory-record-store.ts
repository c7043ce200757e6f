import type { EntityDefinition } from '../domain/entity.js';
import type { JsonObject } from '../domain/json.js';
import { versionOf, type RecordState } from '../domain/record.js';
import type { Source } from '../domain/stamp.js';
import { nextVersion } from '../domain/version.js';
import type {
  Page,
  RecordPage,
  RecordStore,
  RemoveCommand,
  RemoveResult,
  RenameCommand,
  RenameResult,
  WriteCommand,
  WriteResult,
} from '../ports/record-store.js';
import { isMet, refusal } from '../ports/precondition.js';
import { fieldsAfter } from '../ports/fields-after.js';

interface InMemoryRecordStoreOptions {
  readonly entity: EntityDefinition;
  readonly source: Source;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const ABSENT: RecordState = { state: 'absent' };

/**
 * A record store without a server, for tests of what stands in front of one. It passes `recordStoreContract` like the
 * real ones. Every method decides and writes before it first yields, so that calls are atomic.
 */
export class InMemoryRecordStore implements RecordStore {
  private readonly states = new Map<string, RecordState>();

  constructor(private readonly options: InMemoryRecordStoreOptions) {}

  get(key: string): Promise<RecordState> {
    return Promise.resolve(this.at(key));
  }

  list({ limit, after = '' }: Page): Promise<RecordPage> {
    const live = [...this.states.values()]
      .filter((state) => state.state === 'live')
      .map(({ record }) => record)
      .filter(({ key }) => key > after)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const records = live.slice(0, limit);
    const last = records.at(-1);
    return Promise.resolve(live.length > limit && last ? { records, next: last.key } : { records });
  }

  write(command: WriteCommand): Promise<WriteResult> {
    const before = this.at(command.key);
    const { precondition, create } = command;
    if (!isMet(precondition, before) || (before.state !== 'live' && !create)) {
      return Promise.resolve(refusal(precondition, before));
    }
    const record = this.put(command.key, this.fieldsAfter(before, command), versionOf(before));
    return Promise.resolve({ outcome: before.state === 'live' ? 'updated' : 'created', record });
  }

  remove({ key, precondition }: RemoveCommand): Promise<RemoveResult> {
    const before = this.at(key);
    if (before.state !== 'live' || !isMet(precondition, before)) {
      return Promise.resolve(refusal(precondition, before));
    }
    return Promise.resolve({ outcome: 'removed', version: this.bury(key, 0) });
  }

  rename(command: RenameCommand): Promise<RenameResult> {
    if (this.options.source === 'redis') {
      return Promise.resolve({ outcome: 'unsupported', reason: 'keys are changed on the other side' });
    }
    const before = this.at(command.key);
    const there = this.at(command.newKey);
    if (before.state !== 'live' || !isMet(command.precondition, before)) {
      return Promise.resolve(refusal(command.precondition, before));
    }
    if (there.state === 'live') return Promise.resolve({ outcome: 'taken' });
    const fields = this.fieldsAfter(before, { ...command, key: command.newKey });
    const record = this.put(command.newKey, fields, Math.max(versionOf(before), versionOf(there)));
    return Promise.resolve({
      outcome: 'renamed',
      record,
      removedVersion: this.bury(command.key, record.version),
    });
  }

  private at(key: string): RecordState {
    return this.states.get(key) ?? ABSENT;
  }

  private fieldsAfter(before: RecordState, command: WriteCommand): JsonObject {
    const held = before.state === 'live' ? before.record.fields : {};
    return structuredClone(fieldsAfter(this.options.entity, held, command));
  }

  private put(key: string, fields: JsonObject, floor: number) {
    const record = { key, fields, version: this.nextVersion(floor), source: this.options.source };
    this.states.set(key, { state: 'live', record });
    return record;
  }

  /** Gives the tombstone a version above the record's own, and at least `atLeast`. */
  private bury(key: string, atLeast: number): number {
    const version = Math.max(this.nextVersion(versionOf(this.at(key))), atLeast);
    this.states.set(key, { state: 'deleted', stamp: { version, source: this.options.source } });
    return version;
  }

  private nextVersion(stored: number): number {
    return nextVersion((this.options.now ?? Date.now)(), stored);
  }
}
