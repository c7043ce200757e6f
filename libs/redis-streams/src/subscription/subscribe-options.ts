import type { SubscribeOptions } from '../bus/message-consumer.js';
import { classifyFailure } from '../failure-kind.js';
import { retryDelays } from './retry-delays.js';

/** What holds for the whole subscription; types and handlers are in its `Routes`. */
export type ResolvedOptions = Required<Omit<SubscribeOptions, 'types' | 'retries'>>;

const ENTRY_ID = /^\d+(-\d+)?$/;

/** @throws RangeError for a number or a position that makes no sense. */
export function resolveSubscribeOptions(options: SubscribeOptions, partitions: number): ResolvedOptions {
  const { retries = 3, types: _types, ...given } = options;
  for (const name of ['concurrency', 'batchSize', 'handlerTimeoutMs', 'deduplicationWindowMs'] as const) {
    const value = given[name];
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1))
      throw new RangeError(`${name} must be a whole number of at least 1`);
  }
  const { from = 'beginning' } = given;
  if (from !== 'beginning' && from !== 'now' && !ENTRY_ID.test(from))
    throw new RangeError("from must be 'beginning', 'now' or an entry id");
  return {
    order: partitions > 1 ? 'key' : 'none',
    concurrency: 10,
    batchSize: 100,
    handlerTimeoutMs: 30_000,
    retryDelaysMs: retryDelays(retries),
    deduplicate: given.settledBy !== 'handler',
    deduplicationWindowMs: 3_600_000,
    unhandled: 'ignore',
    classify: classifyFailure,
    settledBy: 'bus',
    ...given,
    from,
  };
}
