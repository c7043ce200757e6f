import { PatternField, type RequestContext } from '@redis-mongo-sync/service-kit';
import { createHash } from 'node:crypto';

/** How a client says that a request is one that it has sent before. */
export class RepeatHeaders {
  @PatternField({
    pattern: /^[\x21-\x7e]{1,255}$/,
    message: 'must have 1 to 255 printable ASCII characters without spaces',
    description:
      'Your name for this request, 1 to 255 printable characters. Sent again, with the same body, it gets the same answer and publishes nothing.',
    optional: true,
  })
  idempotencyKey?: string;
}

/** Where an event comes from, for its envelope. */
export interface EventOrigin extends RepeatHeaders {
  readonly context: RequestContext;
}

/** The members of an envelope that tell of the request. */
export function traceOf({ context: { requestId, traceparent } }: EventOrigin) {
  return { correlationId: requestId, ...(traceparent === undefined ? {} : { traceparent }) };
}

/**
 * The id of an event that a client may send again: its own, or one made of its key and the place that it was sent to.
 * `undefined`: nothing says how to recognise a repeat.
 *
 * @param place one name per endpoint, and per item of a batch
 */
export function repeatableId(
  eventId: string | undefined,
  { idempotencyKey }: EventOrigin,
  place: string,
): string | undefined {
  if (eventId !== undefined || idempotencyKey === undefined) return eventId;
  return createHash('sha256').update(`${place}\n${idempotencyKey}`).digest('hex').slice(0, 32);
}
