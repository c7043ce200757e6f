import { HttpProblem, NoQuery, ProblemError } from '@redis-mongo-sync/service-kit';
import { withRedisErrors } from '@redis-mongo-sync/sync-adapters';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Redis } from 'ioredis';
import { DocumentRoom, DocumentStats } from '../docs/stats-docs.js';
import { EVENT_KEYS } from '../streams/event-keys.js';
import { EventStats } from './event-stats.js';
import type { RoomView } from './room-view.js';
import type { EventStatsReport } from './stats-report.js';

/** How the events are doing, and what their processing knows. */
@ApiTags('events')
@Controller('api/events')
export class StatsController {
  constructor(
    private readonly stats: EventStats,
    private readonly redis: Redis,
  ) {}

  @Get('stats')
  @DocumentStats()
  read(@Query() _query: NoQuery): Promise<EventStatsReport> {
    return this.stats.read();
  }

  @Get('rooms/:roomId')
  @DocumentRoom()
  async room(@Param('roomId') roomId: string, @Query() _query: NoQuery): Promise<RoomView> {
    const last = await withRedisErrors(() => this.redis.hget(EVENT_KEYS.rooms, roomId));
    if (last === null) {
      throw new ProblemError(HttpProblem.NotFound, { detail: 'no message to this room was processed yet' });
    }
    const place = last.indexOf(' ');
    return {
      roomId,
      lastMessage: JSON.parse(last.slice(place + 1)) as object,
      entryId: last.slice(0, place),
    };
  }
}
