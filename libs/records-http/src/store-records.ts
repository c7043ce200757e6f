import { ProblemError, type RequestContext } from '@redis-mongo-sync/service-kit';
import {
  versionOf,
  type EntityDefinition,
  type Page,
  type Precondition,
  type RecordStore,
  type RenameResult,
  type SyncRecord,
  type WriteCommand,
  type WriteResult,
} from '@redis-mongo-sync/sync-core';
import {
  entityTag,
  evaluateForRead,
  matchesStrongly,
  matchesWeakly,
  type Conditions,
  type EntityTags,
} from './entity-tags.js';
import {
  locatedAnswer,
  pageAnswer,
  pathSegment,
  RecordAnswer,
  recordJson,
  SYNC_POSITION_HEADER,
  type Written,
} from './record-answer.js';
import { fieldsRequired, preconditionFailed, recordNotFound } from './record-problems.js';
import { termsOf } from './record-terms.js';
import type { RecordRemoval, RecordWrite } from './record-write.js';
import type { RecordsSide } from './records-side.js';

export interface StoreRecordsOptions {
  readonly entity: EntityDefinition;
  readonly store: RecordStore;
  /** Where the records are on this server, e.g. `/redis-first/users`; for `Location`. */
  readonly basePath: string;
}

/** Records straight from a store: turns requests into its commands, and its outcomes into answers. */
export class StoreRecords implements RecordsSide {
  constructor(private readonly options: StoreRecordsOptions) {}

  async read(key: string, conditions: Conditions): Promise<RecordAnswer> {
    const state = await this.options.store.get(key);
    switch (evaluateForRead(conditions, state)) {
      case 'failed':
        throw preconditionFailed(state);
      case 'not-modified':
        return new RecordAnswer({ status: 304, body: null, headers: { etag: entityTag(versionOf(state)) } });
      case 'holds':
        if (state.state !== 'live') throw recordNotFound(this.options.entity, state);
        return this.answerWith(200, state.record);
    }
  }

  async list(page: Page): Promise<RecordAnswer> {
    const { entity, store } = this.options;
    return new RecordAnswer(pageAnswer(entity, await store.list(page)));
  }

  async write(write: RecordWrite, context: RequestContext): Promise<RecordAnswer> {
    const { entity, store } = this.options;
    const command = commandOf(entity, write, { precondition: await this.preconditionOf(write), context });
    return write.newKey === undefined
      ? this.answerOf(write, command.precondition, await store.write(command))
      : this.answerOf(write, command.precondition, await store.rename({ ...command, newKey: write.newKey }));
  }

  async remove(removal: RecordRemoval, { traceparent }: RequestContext): Promise<RecordAnswer> {
    const { key } = removal;
    const precondition = await this.preconditionOf(removal);
    const trace = traceparent === undefined ? {} : { traceparent };
    const result = await this.options.store.remove({ key, precondition, ...trace });
    switch (result.outcome) {
      case 'removed':
        return gone(
          { [SYNC_POSITION_HEADER]: String(result.version) },
          { version: result.version, keys: [key] },
        );
      case 'absent':
        return gone({});
      case 'precondition-failed':
        throw preconditionFailed(result.current);
    }
  }

  async versionOf(key: string): Promise<number> {
    return versionOf(await this.options.store.get(key));
  }

  private answerWith(status: 200 | 201, record: SyncRecord, keys?: readonly string[]): RecordAnswer {
    const { entity, basePath } = this.options;
    const { key, version } = record;
    const at = { location: `${basePath}/${pathSegment(key)}`, version };
    const answer = locatedAnswer(status, recordJson(entity, record), at);
    return new RecordAnswer(answer, keys && { version, keys });
  }

  private async answerOf(
    write: RecordWrite,
    precondition: Precondition,
    result: WriteResult | RenameResult,
  ): Promise<RecordAnswer> {
    const { entity, store } = this.options;
    switch (result.outcome) {
      case 'created':
      case 'updated':
        return this.answerWith(result.outcome === 'created' ? 201 : 200, result.record, [write.key]);
      case 'renamed':
        return this.answerWith(200, result.record, [write.key, result.record.key]);
      case 'absent':
        throw write.kind === 'upsert'
          ? fieldsRequired(entity)
          : recordNotFound(entity, await store.get(write.key));
      case 'precondition-failed':
        // `If-None-Match: *` held, but there is nothing to change, and what a new record needs is not given.
        if (precondition.kind === 'absent' && result.current.state !== 'live') {
          throw write.kind === 'upsert' ? fieldsRequired(entity) : recordNotFound(entity, result.current);
        }
        throw preconditionFailed(result.current);
      case 'taken':
        throw new ProblemError(termsOf(entity).keyTaken);
      case 'unsupported':
        throw new ProblemError(termsOf(entity).keyChangeUnsupported, {
          detail: `${result.reason}; send the request to the mongo-first path`,
        });
    }
  }

  /**
   * The one condition that the store can check in the same step as the write. Lists of entity tags are looked up
   * first and become the version that matched, so that a write in between still fails the condition.
   */
  private async preconditionOf(request: RecordRemoval & Pick<RecordWrite, 'newKey'>): Promise<Precondition> {
    const { ifMatch, ifNoneMatch } = request.conditions;
    if (ifMatch === undefined && ifNoneMatch === undefined) return { kind: 'none' };
    if (ifNoneMatch === undefined) {
      if (ifMatch === '*') return { kind: 'exists' };
      const only = onlyVersion(ifMatch);
      if (only !== undefined) return { kind: 'version', version: only };
    }
    // A change of key needs a record, so that here the condition can only fail.
    const mayBeAbsent = ifMatch === undefined && request.newKey === undefined;
    if (mayBeAbsent && ifNoneMatch === '*') return { kind: 'absent' };
    const state = await this.options.store.get(request.key);
    const failed =
      (ifMatch !== undefined && !matchesStrongly(ifMatch, state)) ||
      (ifNoneMatch !== undefined && matchesWeakly(ifNoneMatch, state));
    if (failed) throw preconditionFailed(state);
    return state.state === 'live' ? { kind: 'version', version: state.record.version } : { kind: 'absent' };
  }
}

/** The version of a list with one strong tag: the common case, which needs no look-up. */
function onlyVersion(tags: EntityTags | undefined): number | undefined {
  if (tags === undefined || tags === '*' || tags.length !== 1) return undefined;
  const [tag] = tags;
  return tag && !tag.weak && tag.version !== null ? tag.version : undefined;
}

/** The answer of a delete. */
function gone(headers: Readonly<Record<string, string>>, written?: Written): RecordAnswer {
  return new RecordAnswer({ status: 204, body: null, headers }, written);
}

function commandOf(
  { requiredOnCreate }: EntityDefinition,
  { kind, key, set, unset }: RecordWrite,
  { precondition, context }: { readonly precondition: Precondition; readonly context: RequestContext },
): WriteCommand {
  const isWhole = requiredOnCreate.every((field) => Object.hasOwn(set, field));
  return {
    key,
    mode: kind === 'replace' ? 'replace' : 'merge',
    set,
    unset,
    create: kind === 'replace' || (kind === 'upsert' && isWhole),
    precondition,
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
  };
}
