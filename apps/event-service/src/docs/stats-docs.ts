import { ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam } from '@nestjs/swagger';
import { Answer } from './describe.js';

export const DocumentStats = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'How the events are doing',
      description: 'Per stream and type: counts, rates, lag, pending, groups, dead letters.',
    }),
    Answer(200, 'The figures of this moment.', 'EventStats'),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.StoreUnavailable),
  );

export const DocumentRoom = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'The last message of a room',
      description: 'As `chat-processing-group` knows it.',
    }),
    ApiParam({ name: 'roomId', example: 'lobby' }),
    Answer(200, 'The room.', 'RoomView'),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.NotFound, HttpProblem.StoreUnavailable),
  );
