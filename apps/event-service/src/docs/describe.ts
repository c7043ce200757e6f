import { HttpProblem } from '@redis-mongo-sync/service-kit';
import { ApiHeader, ApiQuery, ApiResponse } from '@nestjs/swagger';

/** What the descriptions of the event endpoints have in common. */
export const ref = (schema: string) => ({ $ref: `#/components/schemas/${schema}` });

export const Answer = (status: number, description: string, schema: string) =>
  ApiResponse({ status, description, content: { 'application/json': { schema: ref(schema) } } });

export const IdempotencyKey = () =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Your name for this request, 1 to 255 printable characters. Sent again, with the same body, it gets the same answer and publishes nothing.',
  });

export const TextQuery = (name: string, description: string) =>
  ApiQuery({ name, required: false, schema: { type: 'string' }, description });

export const BODY = [
  HttpProblem.InvalidJson,
  HttpProblem.InvalidBody,
  HttpProblem.InvalidQuery,
  HttpProblem.InvalidHeader,
  HttpProblem.BodyTooLarge,
  HttpProblem.UnsupportedMediaType,
];
/** What publishing can meet. */
export const PUBLISH = [
  ...BODY,
  HttpProblem.EventIdReused,
  HttpProblem.StoreUnavailable,
  HttpProblem.EventsBacklogged,
];
