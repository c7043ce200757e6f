import {
  RecordAnswer,
  type RecordsSide,
  type WriteRecordQuery,
  type Written,
} from '@redis-mongo-sync/records-http';
import type { RequestContext } from '@redis-mongo-sync/service-kit';
import type { Source } from '@redis-mongo-sync/sync-core';
import type { StoreWatch } from '../health/store-watch.js';
import { pollUntil } from './poll-until.js';

/** Whether a write has arrived at the other store: `synced`, `pending`, or `delayed; <store> unavailable`. */
const SYNC_STATUS_HEADER = 'sync-status';

interface SyncFollowerOptions {
  /** The other side, which writes travel to. */
  readonly records: RecordsSide;
  readonly store: Source;
  readonly watch: StoreWatch;
}

/** Follows writes to the other store, and says in the answer how far they have come. */
export class SyncFollower {
  constructor(private readonly options: SyncFollowerOptions) {}

  /** Adds the sync status to the answer of a write. A wait that was in vain turns it into 202. */
  async follow(
    answer: RecordAnswer,
    { waitFor, timeoutMs }: WriteRecordQuery,
    context: RequestContext,
  ): Promise<RecordAnswer> {
    const { written } = answer;
    if (!written) return answer;
    if (waitFor === undefined || this.isDown()) {
      return this.withStatus(answer, this.openStatus(), waitFor === undefined ? answer.status : 202);
    }
    const signal = AbortSignal.timeout(timeoutMs);
    const limits = { ...context, signal };
    const synced = await pollUntil(() => this.has(written, limits), limits);
    return synced
      ? this.withStatus(answer, 'synced', answer.status)
      : this.withStatus(answer, this.openStatus(), 202);
  }

  /** Whether the other side knows the written version, or a later one, of every key. */
  private async has({ version, keys }: Written, context: RequestContext): Promise<boolean> {
    try {
      const versions = await Promise.all(keys.map((key) => this.options.records.versionOf(key, context)));
      return versions.every((known) => known >= version);
    } catch {
      return false; // it does not answer: not known, ask again
    }
  }

  private isDown(): boolean {
    return this.options.watch.isDown(this.options.store);
  }

  private openStatus(): string {
    return this.isDown() ? `delayed; ${this.options.store} unavailable` : 'pending';
  }

  private withStatus(answer: RecordAnswer, syncStatus: string, status: number): RecordAnswer {
    const headers = { ...answer.headers, [SYNC_STATUS_HEADER]: syncStatus };
    return new RecordAnswer({ status, body: answer.body, headers }, answer.written);
  }
}
