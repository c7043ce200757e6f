import { ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam } from '@nestjs/swagger';
import { RoomView } from '../stats/room-view.js';
import { EventStatsReport } from '../stats/stats-report.js';
import { JsonAnswer } from './describe.js';

export const DocumentStats = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'How the events are doing',
      description: 'Per stream and type: counts, rates, lag, pending, groups, dead letters.',
    }),
    JsonAnswer(200, 'The figures of this moment.', EventStatsReport),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.StoreUnavailable),
  );

export const DocumentRoom = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'The last message of a room',
      description: 'As `chat-processing-group` knows it.',
    }),
    ApiParam({ name: 'roomId', example: 'lobby' }),
    JsonAnswer(200, 'The room.', RoomView),
    ApiProblems(HttpProblem.InvalidQuery, HttpProblem.NotFound, HttpProblem.StoreUnavailable),
  );
