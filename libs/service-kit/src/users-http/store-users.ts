import {
  versionOf,
  type Page,
  type Precondition,
  type RecordState,
  type RecordStore,
  type RenameResult,
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
} from '../http/entity-tags.js';
import type { RequestContext } from '../http/request-context.js';
import { HttpProblem } from '../problems/http-problem.js';
import { ProblemError } from '../problems/problem-error.js';
import { pageAnswer, SYNC_POSITION_HEADER, userAnswer, type RecordAnswer } from './answer.js';
import { nameRequired } from './parse-user-body.js';
import type { UserRemoval, UserWrite } from './user-write.js';
import type { UsersSide } from './users-side.js';

export interface StoreUsersOptions {
  readonly store: RecordStore;
  /** Where the users are on this server, e.g. `/redis-first/users`; for `Location`. */
  readonly basePath: string;
}

/** Users straight from a store: turns requests into its commands, and its outcomes into answers. */
export class StoreUsers implements UsersSide {
  constructor(private readonly options: StoreUsersOptions) {}

  async read(email: string, conditions: Conditions): Promise<RecordAnswer> {
    const state = await this.options.store.get(email);
    switch (evaluateForRead(conditions, state)) {
      case 'failed':
        throw preconditionFailed(state);
      case 'not-modified':
        return { status: 304, headers: { etag: entityTag(versionOf(state)) }, body: null };
      case 'holds':
        if (state.state !== 'live') throw userNotFound(state);
        return userAnswer(200, state.record, this.options.basePath);
    }
  }

  async list(page: Page): Promise<RecordAnswer> {
    return pageAnswer(await this.options.store.list(page));
  }

  async write(write: UserWrite, context: RequestContext): Promise<RecordAnswer> {
    const { store } = this.options;
    const command = commandOf(write, await this.preconditionOf(write), context);
    return write.newEmail === undefined
      ? this.answerOf(write, command.precondition, await store.write(command))
      : this.answerOf(
          write,
          command.precondition,
          await store.rename({ ...command, newKey: write.newEmail }),
        );
  }

  async remove(removal: UserRemoval, { traceparent }: RequestContext): Promise<RecordAnswer> {
    const { email } = removal;
    const precondition = await this.preconditionOf(removal);
    const trace = traceparent === undefined ? {} : { traceparent };
    const result = await this.options.store.remove({ key: email, precondition, ...trace });
    switch (result.outcome) {
      case 'removed':
        return {
          status: 204,
          headers: { [SYNC_POSITION_HEADER]: String(result.version) },
          body: null,
          written: { version: result.version, emails: [email] },
        };
      case 'absent':
        return { status: 204, headers: {}, body: null };
      case 'precondition-failed':
        throw preconditionFailed(result.current);
    }
  }

  async versionOf(email: string): Promise<number> {
    return versionOf(await this.options.store.get(email));
  }

  private async answerOf(
    write: UserWrite,
    precondition: Precondition,
    result: WriteResult | RenameResult,
  ): Promise<RecordAnswer> {
    const { basePath, store } = this.options;
    switch (result.outcome) {
      case 'created':
      case 'updated': {
        const answer = userAnswer(result.outcome === 'created' ? 201 : 200, result.record, basePath);
        return { ...answer, written: { version: result.record.version, emails: [write.email] } };
      }
      case 'renamed': {
        const emails = [write.email, result.record.key];
        const answer = userAnswer(200, result.record, basePath);
        return { ...answer, written: { version: result.record.version, emails } };
      }
      case 'absent':
        throw write.kind === 'upsert' ? nameRequired() : userNotFound(await store.get(write.email));
      case 'precondition-failed':
        // `If-None-Match: *` held, but there is nothing to change, and no name to create a user with.
        if (precondition.kind === 'absent' && result.current.state !== 'live') {
          throw write.kind === 'upsert' ? nameRequired() : userNotFound(result.current);
        }
        throw preconditionFailed(result.current);
      case 'taken':
        throw new ProblemError(HttpProblem.EmailTaken);
      case 'unsupported':
        throw new ProblemError(HttpProblem.EmailChangeUnsupported, {
          detail: `${result.reason}; send the request to the mongo-first path`,
        });
    }
  }

  /**
   * The one condition that the store can check in the same step as the write. Lists of entity tags are looked up
   * first and become the version that matched, so that a write in between still fails the condition.
   */
  private async preconditionOf(request: UserRemoval & Pick<UserWrite, 'newEmail'>): Promise<Precondition> {
    const { ifMatch, ifNoneMatch } = request.conditions;
    if (ifMatch === undefined && ifNoneMatch === undefined) return { kind: 'none' };
    if (ifNoneMatch === undefined) {
      if (ifMatch === '*') return { kind: 'exists' };
      const only = onlyVersion(ifMatch);
      if (only !== undefined) return { kind: 'version', version: only };
    }
    // A change of e-mail needs a user, so that here the condition can only fail.
    const mayBeAbsent = ifMatch === undefined && request.newEmail === undefined;
    if (mayBeAbsent && ifNoneMatch === '*') return { kind: 'absent' };
    const state = await this.options.store.get(request.email);
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

function commandOf(write: UserWrite, precondition: Precondition, context: RequestContext): WriteCommand {
  const { kind, email, set, unset } = write;
  return {
    key: email,
    mode: kind === 'replace' ? 'replace' : 'merge',
    set,
    unset,
    create: kind === 'replace' || (kind === 'upsert' && Object.hasOwn(set, 'name')),
    precondition,
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
  };
}

export function userNotFound(state: RecordState): ProblemError {
  const version = versionOf(state);
  return new ProblemError(HttpProblem.UserNotFound, {
    headers: { [SYNC_POSITION_HEADER]: String(version) },
    extensions: { version },
  });
}

export function preconditionFailed(state: RecordState): ProblemError {
  const version = state.state === 'live' ? state.record.version : 0;
  return new ProblemError(HttpProblem.PreconditionFailed, {
    detail: version === 0 ? 'there is no such user' : `the present version is ${version}`,
    ...(version === 0 ? {} : { headers: { etag: entityTag(version) } }),
    extensions: { version },
  });
}
