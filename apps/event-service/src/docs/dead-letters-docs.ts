import { AdminEndpoint, ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';

const LETTER = {
  letterId: '1772360140000-0',
  stream: 'system:logs',
  group: 'log-processing-group',
  originalId: '1772360130000-0',
  error: 'MessagingError: the entry holds no valid event: there is no field "event"',
  attempts: 1,
  firstFailedAt: 1772360140000,
  lastFailedAt: 1772360140000,
  fields: { hello: 'world' },
};

const Stream = () => ApiParam({ name: 'stream', example: 'system:logs' });
const Letter = () => ApiParam({ name: 'id', example: LETTER.letterId });

const json = (status: number, description: string, example: unknown) =>
  ApiResponse({
    status,
    description,
    content: { 'application/json': { schema: { type: 'object' }, example } },
  });

const Admin = (summary: string, description = '') =>
  applyDecorators(
    ApiOperation({ summary, description }),
    AdminEndpoint(),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.NotFound, HttpProblem.StoreUnavailable),
  );

export const DocumentLetterSizes = (): MethodDecorator =>
  applyDecorators(
    Admin('How many dead letters wait, by stream'),
    json(200, 'The numbers.', { 'user:events': 0, 'system:logs': 1 }),
  );

export const DocumentLetters = (): MethodDecorator =>
  applyDecorators(
    Admin('Dead letters of a stream, the oldest first'),
    Stream(),
    json(200, 'One page.', { letters: [LETTER], next: null }),
  );

export const DocumentLetter = (): MethodDecorator =>
  applyDecorators(Admin('Read a dead letter'), Stream(), Letter(), json(200, 'The letter.', LETTER));

export const DocumentReplay = (): MethodDecorator =>
  applyDecorators(
    Admin(
      'Put a dead letter back into its stream',
      'Every group of the stream gets it again; the audit log knows it.',
    ),
    Stream(),
    Letter(),
    json(200, 'It is back.', { entryId: '1772360150000-0' }),
  );

export const DocumentDiscard = (): MethodDecorator =>
  applyDecorators(
    Admin('Throw a dead letter away for good'),
    Stream(),
    Letter(),
    ApiResponse({ status: 204, description: 'It is gone.' }),
  );
