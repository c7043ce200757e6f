import { HttpProblem, ProblemError, traceparentOf } from '@redis-mongo-sync/service-kit';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';

export const IDEMPOTENCY_HEADER = 'idempotency-key';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** Where an event comes from, for its envelope. */
export interface EventOrigin {
  readonly correlationId: string;
  readonly traceparent?: string;
  /** `Idempotency-Key` of the request. */
  readonly idempotencyKey?: string;
}

/** @throws ProblemError `InvalidHeader` when the `Idempotency-Key` is none */
export function originOf({ id, headers }: FastifyRequest): EventOrigin {
  const traceparent = traceparentOf(headers.traceparent);
  const key = headers[IDEMPOTENCY_HEADER];
  if (key !== undefined && !(typeof key === 'string' && KEY.test(key))) {
    const message = 'must have 1 to 255 printable ASCII characters without spaces';
    throw new ProblemError(HttpProblem.InvalidHeader, {
      detail: `Idempotency-Key ${message}`,
      errors: [{ in: 'header', field: 'Idempotency-Key', message }],
    });
  }
  return {
    correlationId: id,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(key === undefined ? {} : { idempotencyKey: key }),
  };
}

/**
 * The id of an event that a client may send again: its own, or one made of its key and the place that it was sent to.
 * `undefined`: nobody said how to recognise a repeat.
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
