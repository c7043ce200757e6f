import { AdminEndpoint, ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS } from '@redis-mongo-sync/sync-core';

/*
 * The OpenAPI descriptions of the dead letters, kept out of the controller so that it stays readable.
 */

const ok = (schema: string) =>
  ApiResponse({
    status: 200,
    description: 'Done.',
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  });

const Stream = () =>
  ApiParam({ name: 'stream', enum: DIRECTIONS.map((direction) => KEYS.stream(direction)) });
const LetterId = () => ApiParam({ name: 'id', description: '`letterId`', example: '1807500000000-0' });
const Limit = (fallback: number) =>
  ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 500, default: fallback },
  });

export const DocumentSizes = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({ summary: 'How many wait, by stream' }),
    ok('DeadLetterSizes'),
    ApiProblems(),
  );

export const DocumentLetters = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({ summary: 'The dead letters of a stream, oldest first' }),
    Stream(),
    Limit(50),
    ApiQuery({
      name: 'after',
      required: false,
      schema: { type: 'string' },
      description: '`next` of the page before.',
    }),
    ok('DeadLetterPage'),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.NotFound, HttpProblem.StoreUnavailable),
  );

export const DocumentLetter = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({ summary: 'One dead letter' }),
    Stream(),
    LetterId(),
    ok('DeadLetter'),
    ApiProblems(HttpProblem.NotFound, HttpProblem.StoreUnavailable),
  );

export const DocumentReplay = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({
      summary: 'Put one back into its stream',
      description: 'It passes the version compare like any other entry.',
    }),
    Stream(),
    LetterId(),
    ok('Replayed'),
    ApiProblems(HttpProblem.NotFound, HttpProblem.Conflict, HttpProblem.StoreUnavailable),
  );

export const DocumentReplayOldest = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({ summary: 'Put the oldest ones back' }),
    Stream(),
    Limit(100),
    ok('ReplayedOldest'),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.NotFound, HttpProblem.StoreUnavailable),
  );

export const DocumentDiscard = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({ summary: 'Throw one away for good' }),
    Stream(),
    LetterId(),
    ApiResponse({ status: 204, description: 'It is gone.' }),
    ApiProblems(HttpProblem.NotFound, HttpProblem.StoreUnavailable),
  );
