import type { Page, RecordPage, RecordState } from '@redis-mongo-sync/sync-core';

/** The living ones among these, page by page. */
export function pageOf(states: readonly RecordState[], { limit, after = '' }: Page): RecordPage {
  const live = states
    .filter((state) => state.state === 'live')
    .map(({ record }) => record)
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const records = live.slice(0, limit);
  const last = records.at(-1);
  return live.length > limit && last ? { records, next: last.key } : { records };
}
