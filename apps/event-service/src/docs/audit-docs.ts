import { AdminEndpoint, ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { Answer, TextQuery } from './describe.js';
import { RECORDED_EXAMPLE } from './event-schemas.js';

const Filter = () =>
  applyDecorators(
    TextQuery('stream', 'Only events of this stream.'),
    TextQuery('type', 'Only events of this type.'),
    TextQuery('entity', 'Only events about this kind of thing, e.g. `user`.'),
    TextQuery('entityId', 'Only events about this one.'),
    TextQuery('from', 'That happened at this time or later: epoch milliseconds or ISO 8601.'),
    TextQuery('to', 'That happened before this time.'),
  );

const Order = (by: 'asc' | 'desc') =>
  ApiQuery({
    name: 'order',
    required: false,
    schema: { type: 'string', enum: ['asc', 'desc'], default: by },
  });

export const DocumentProcessed = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Events that were processed: the audit log',
      description:
        'Every event once, in the order of its recording; the newest first unless asked otherwise.',
    }),
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
    }),
    TextQuery('cursor', '`nextCursor` of the page before, with the same conditions.'),
    Filter(),
    Order('desc'),
    Answer(200, 'One page.', 'RecordedEventPage'),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.StoreUnavailable),
  );

export const DocumentFollow = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Follow the audit log: server-sent events',
      description:
        'Each event as `id: <sequence>` and `data: <recorded event>`. A client that comes back with `Last-Event-ID`, as browsers do, goes on where it was and misses nothing. A client that takes nothing for ten seconds is dropped.',
    }),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'Sequence of the last event that was seen.',
    }),
    ApiQuery({
      name: 'after',
      required: false,
      schema: { type: 'integer', minimum: 0 },
      description: 'The same for a first connection; 0: from the beginning. Without either: from now on.',
    }),
    TextQuery('stream', 'Only events of this stream.'),
    TextQuery('type', 'Only events of this type.'),
    ApiProduces('text/event-stream'),
    ApiResponse({
      status: 200,
      description: 'Never ends by itself.',
      content: {
        'text/event-stream': {
          schema: { type: 'string' },
          example: `id: 4711\ndata: ${JSON.stringify(RECORDED_EXAMPLE)}\n\n`,
        },
      },
    }),
    ApiProblems(
      HttpProblem.InvalidQuery,
      HttpProblem.InvalidHeader,
      HttpProblem.StoreUnavailable,
      HttpProblem.TooManyFollowers,
    ),
  );

export const DocumentExport = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'The audit log as a file: one JSON object a line' }),
    Filter(),
    Order('asc'),
    ApiResponse({
      status: 200,
      description: 'All events that match, up to the newest at the beginning of the request.',
      content: {
        'application/x-ndjson': {
          schema: { type: 'string' },
          example: `${JSON.stringify(RECORDED_EXAMPLE)}\n`,
        },
      },
    }),
    AdminEndpoint(),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.StoreUnavailable),
  );
