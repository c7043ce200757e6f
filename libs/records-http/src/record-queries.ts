import { EnumField, IntegerField } from '@redis-mongo-sync/service-kit';
import type { Page } from '@redis-mongo-sync/sync-core';
import { CursorField } from './cursor.js';

const MAX_PAGE_SIZE = 1000;
const DEFAULT_PAGE_SIZE = 50;
const MAX_WAIT_MS = 30_000;
const DEFAULT_WAIT_MS = 2_000;

const WaitField = () =>
  IntegerField({ min: 1, max: MAX_WAIT_MS, description: 'How long to wait, in milliseconds.' });

/** Of a list that is given page by page. */
export class PageQuery {
  @IntegerField({ min: 1, max: MAX_PAGE_SIZE })
  limit = DEFAULT_PAGE_SIZE;
}

/** `GET …/<records>` */
export class ListRecordsQuery extends PageQuery {
  @CursorField()
  cursor?: string;
}

export function pageOf({ limit, cursor }: PageQuery & { readonly cursor?: string }): Page {
  return { limit, ...(cursor === undefined ? {} : { after: cursor }) };
}

/** `GET …/<records>/:key`, where reads may wait for the sync. */
export class ReadRecordQuery {
  @IntegerField({
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    format: 'int64',
    optional: true,
    description: '`Sync-Position` of a write.',
  })
  after?: number;

  @WaitField()
  timeoutMs = DEFAULT_WAIT_MS;
}

/** Every write, where writes may wait for the sync. */
export class WriteRecordQuery {
  @EnumField(['synced'], {
    optional: true,
    description:
      'Answer when the other store has the change. If it has not in time: 202, and the change goes on.',
  })
  waitFor?: 'synced';

  @WaitField()
  timeoutMs = DEFAULT_WAIT_MS;
}
