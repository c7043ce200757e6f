import {
  HttpProblem,
  ProblemError,
  RETRY_AFTER_SECONDS,
  type Conditions,
  type ReadUserQuery,
  type RecordAnswer,
  type UserRemoval,
  type UsersSide,
  type UserWrite,
  type WriteUserQuery,
} from '@redis-mongo-sync/service-kit';
import type { Page } from '@redis-mongo-sync/sync-core';
import { pollUntil } from './poll-until.js';
import type { LiveContext, SyncFollower } from './sync-follower.js';

/** One side of the users as the gateway offers it: the side itself, and the waiting for the sync. */
export class UsersEdge {
  constructor(
    private readonly side: UsersSide,
    private readonly follower: SyncFollower,
  ) {}

  list(page: Page, context: LiveContext): Promise<RecordAnswer> {
    return this.side.list(page, context);
  }

  async read(request: UserReading, query: ReadUserQuery, context: LiveContext): Promise<RecordAnswer> {
    const { email, conditions } = request;
    if (query.after !== undefined) await this.reach(query.after, email, { query, context });
    return this.side.read(email, conditions, context);
  }

  async write(write: UserWrite, query: WriteUserQuery, context: LiveContext): Promise<RecordAnswer> {
    return this.follower.follow(await this.side.write(write, context), query, context);
  }

  async remove(removal: UserRemoval, query: WriteUserQuery, context: LiveContext): Promise<RecordAnswer> {
    return this.follower.follow(await this.side.remove(removal, context), query, context);
  }

  /** Waits until this side has a version, so that clients read what they wrote on the other. */
  private async reach(wanted: number, email: string, { query, context }: Waiting): Promise<void> {
    let known = 0;
    const look = async () => {
      known = await this.side.versionOf(email, context);
      return known >= wanted;
    };
    const signal = AbortSignal.timeout(query.timeoutMs);
    const reached = await pollUntil(look, { signal, isWanted: context.isWanted });
    if (reached) return;
    throw new ProblemError(HttpProblem.NotYetSynced, {
      detail: `this store has version ${known}, not yet ${wanted}`,
      headers: { 'retry-after': RETRY_AFTER_SECONDS },
      extensions: { version: known, wanted },
    });
  }
}

export interface UserReading {
  readonly email: string;
  readonly conditions: Conditions;
}

interface Waiting {
  readonly query: ReadUserQuery;
  readonly context: LiveContext;
}
