import { AdminEndpoint, ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { RecordedEventPage } from '../audit/recorded-event.js';
import { JsonAnswer } from './describe.js';

const TextAnswer = (description: string, type: string, example: string) =>
  ApiResponse({ status: 200, description, content: { [type]: { schema: { type: 'string' }, example } } });

const EVENT = '{"sequence":4711,"stream":"chat:messages","type":"message.sent","data":{"roomId":"lobby"}}';

export const DocumentProcessed = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Events that were processed: the audit log',
      description:
        'Every event once, in the order of its recording; the newest first unless asked otherwise.',
    }),
    JsonAnswer(200, 'One page.', RecordedEventPage),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.StoreUnavailable),
  );

export const DocumentFollow = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Follow the audit log: server-sent events',
      description:
        'Each event as `id: <sequence>` and `data: <recorded event>`. A client that comes back with `Last-Event-ID`, as browsers do, goes on where it was and misses nothing. A client that takes nothing for ten seconds is dropped.',
    }),
    TextAnswer('Never ends by itself.', 'text/event-stream', `id: 4711\ndata: ${EVENT}\n\n`),
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
    TextAnswer(
      'All events that match, up to the newest at the beginning of the request.',
      'application/x-ndjson',
      `${EVENT}\n`,
    ),
    AdminEndpoint(),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.StoreUnavailable),
  );
