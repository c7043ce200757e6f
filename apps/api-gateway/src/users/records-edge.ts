import type {
  Conditions,
  ReadRecordQuery,
  RecordAnswer,
  RecordRemoval,
  RecordsSide,
  RecordWrite,
  WriteRecordQuery,
} from '@redis-mongo-sync/records-http';
import {
  HttpProblem,
  ProblemError,
  RETRY_AFTER_SECONDS,
  type RequestContext,
} from '@redis-mongo-sync/service-kit';
import type { Page } from '@redis-mongo-sync/sync-core';
import { pollUntil } from './poll-until.js';
import type { SyncFollower } from './sync-follower.js';

/** One side of the records as the gateway offers it: the side itself, and the waiting for the sync. */
export class RecordsEdge {
  constructor(
    private readonly side: RecordsSide,
    private readonly follower: SyncFollower,
  ) {}

  list(page: Page, context: RequestContext): Promise<RecordAnswer> {
    return this.side.list(page, context);
  }

  async read(request: RecordReading, query: ReadRecordQuery, context: RequestContext): Promise<RecordAnswer> {
    const { key, conditions } = request;
    if (query.after !== undefined) await this.reach(query.after, key, { query, context });
    return this.side.read(key, conditions, context);
  }

  async write(write: RecordWrite, query: WriteRecordQuery, context: RequestContext): Promise<RecordAnswer> {
    return this.follower.follow(await this.side.write(write, context), query, context);
  }

  async remove(
    removal: RecordRemoval,
    query: WriteRecordQuery,
    context: RequestContext,
  ): Promise<RecordAnswer> {
    return this.follower.follow(await this.side.remove(removal, context), query, context);
  }

  /** Waits until this side has a version, so that clients read what they wrote on the other. */
  private async reach(wanted: number, key: string, { query, context }: Waiting): Promise<void> {
    let known = 0;
    const look = async () => {
      known = await this.side.versionOf(key, context);
      return known >= wanted;
    };
    const signal = AbortSignal.timeout(query.timeoutMs);
    const reached = await pollUntil(look, { ...context, signal });
    if (reached) return;
    throw new ProblemError(HttpProblem.NotYetSynced, {
      detail: `this store has version ${known}, not yet ${wanted}`,
      headers: { 'retry-after': RETRY_AFTER_SECONDS },
      extensions: { version: known, wanted },
    });
  }
}

interface RecordReading {
  readonly key: string;
  readonly conditions: Conditions;
}

interface Waiting {
  readonly query: ReadRecordQuery;
  readonly context: RequestContext;
}
