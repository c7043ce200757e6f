import { EnumField, Field, IntegerField, PatternField, TextField } from '@redis-mongo-sync/service-kit';

const Choice = (description: string, max = 128) => TextField({ max, description, optional: true });

/** A time as clients write it. What is none, the audit log says. */
const TimeField = (description: string) =>
  Field({
    description,
    optional: true,
    schema: { type: 'string' },
    convertText: (text) => (/^\d{1,15}$/.test(String(text)) ? Number(text) : text),
    check: (time) => (String(time).length <= 40 ? undefined : 'must be a time'),
  });

/** Which events: what every reader of the log may choose by. */
class StreamFilter {
  @Choice('Only events of this stream.')
  stream?: string;

  @Choice('Only events of this type.')
  type?: string;
}

/** What entries may be chosen by; the audit log checks the values further. */
class EntryFilter extends StreamFilter {
  @Choice('Only events about this kind of thing, e.g. `user`.')
  entity?: string;

  @Choice('Only events about this one.', 256)
  entityId?: string;

  @TimeField('That happened at this time or later: epoch milliseconds or ISO 8601.')
  from?: number | string;

  @TimeField('That happened before this time.')
  to?: number | string;
}

/** `GET /api/events/processed` */
export class ProcessedQuery extends EntryFilter {
  @IntegerField({ min: 1, max: 500 })
  limit = 100;

  @TextField({
    max: 200,
    description: '`nextCursor` of the page before, with the same conditions.',
    optional: true,
  })
  cursor?: string;

  @EnumField(['asc', 'desc'])
  order: 'asc' | 'desc' = 'desc';
}

/** `GET /api/events/export` */
export class ExportQuery extends EntryFilter {
  @EnumField(['asc', 'desc'])
  order: 'asc' | 'desc' = 'asc';
}

/** `GET /api/events/stream` */
export class FollowQuery extends StreamFilter {
  @IntegerField({
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    description: 'Sequence of the last event that was seen; 0: from the beginning. Without it: from now on.',
    optional: true,
  })
  after?: number;
}

/** Where a client that lost its connection was. Browsers send it by themselves. */
export class FollowHeaders {
  @PatternField({
    pattern: /^\d{0,16}$/,
    message: 'must be the id of an event of this stream',
    description: 'Sequence of the last event that was seen.',
    optional: true,
  })
  lastEventId?: string;
}
