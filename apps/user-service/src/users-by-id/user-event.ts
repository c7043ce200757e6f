import type { RequestContext } from '@redis-mongo-sync/service-kit';
import type { RecordChange } from '@redis-mongo-sync/sync-adapters';
import type { OutboxEvent } from '../outbox/outbox-event.js';

/**
 * The event that tells of a write. Its id is made of what it tells, so that a transaction that is tried again cannot
 * announce one write twice. It says who was written, not what: profiles may hold what no reader of the stream should see.
 */
export function eventOf(change: RecordChange, context: RequestContext, time: Date): OutboxEvent {
  const { kind, id, key: email, fields, version, previousKey } = change;
  const username = fields.username ?? fields.name ?? null;
  return {
    _id: `user:${id}:${version}`,
    type: `user.${kind}`,
    key: id,
    version,
    time,
    data: {
      id,
      username,
      email,
      ...(previousKey === undefined ? {} : { previousEmail: previousKey }),
      version,
    },
    correlationId: context.requestId,
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
  };
}
