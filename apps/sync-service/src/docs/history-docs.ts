import { AdminEndpoint, ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';

/*
 * The OpenAPI descriptions of the history, kept out of the controller so that it stays readable.
 */

const ok = (schema: string) =>
  ApiResponse({
    status: 200,
    description: 'Done.',
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  });

const Paging = () =>
  applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    }),
    ApiQuery({
      name: 'before',
      required: false,
      schema: { type: 'string' },
      description: '`next` of the page before.',
    }),
  );

const Record = () =>
  applyDecorators(
    ApiParam({ name: 'key', description: 'The record key, percent-encoded.', example: 'ada@example.org' }),
    ApiQuery({ name: 'entity', required: false, schema: { type: 'string', default: 'users' } }),
  );

export const DocumentConflicts = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({ summary: 'The losing versions of all records, newest first' }),
    Paging(),
    ok('ConflictPage'),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.StoreUnavailable),
  );

export const DocumentHistory = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({
      summary: 'What both stores hold of a record, and which of its versions lost, and why',
      description: 'A record that nobody knows has an empty history.',
    }),
    Record(),
    Paging(),
    ok('RecordHistory'),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.InvalidEmail, HttpProblem.StoreUnavailable),
  );

export const DocumentRestore = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({
      summary: 'Write a losing version as a new write',
      description:
        'It becomes a Mongo-first write above the present version and travels to Redis. A losing delete removes the ' +
        'record. Fields that MongoDB owns stay as they are. 409 when MongoDB holds this content already.',
    }),
    Record(),
    ApiParam({ name: 'id', description: '`id` of the conflict', example: '1879048192000000-redis' }),
    ok('Restored'),
    ApiProblems(
      HttpProblem.InvalidQuery,
      HttpProblem.InvalidEmail,
      HttpProblem.NotFound,
      HttpProblem.Conflict,
      HttpProblem.VersionNotKept,
      HttpProblem.StoreUnavailable,
    ),
  );
