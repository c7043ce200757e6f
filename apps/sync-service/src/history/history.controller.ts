import { AdminTokenGuard, HttpProblem, ProblemError } from '@redis-mongo-sync/service-kit';
import {
  RecordHistory,
  SyncEngine,
  type ConflictPageView,
  type RecordHistoryView,
  type RestoredView,
} from '@redis-mongo-sync/sync-engine';
import { Controller, Get, HttpCode, Logger, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { AdminOperation } from '../docs/admin-operation.js';
import { ConflictPageQuery, HistoryQuery, RestoreQuery } from './history-requests.js';
import { losingVersionOf } from './losing-version.js';

const RecordKey = (): MethodDecorator =>
  ApiParam({ name: 'key', description: 'The record key, percent-encoded.', example: 'ada@example.org' });

/** Which write won, why, and what lost; and a way back for what lost. */
@ApiTags('history')
@Controller()
@UseGuards(AdminTokenGuard)
export class HistoryController {
  private readonly log = new Logger('History');

  constructor(
    private readonly history: RecordHistory,
    private readonly engine: SyncEngine,
  ) {}

  /** The conflicts of all records, newest first. */
  @Get('conflicts')
  @AdminOperation({
    summary: 'The losing versions of all records, newest first',
    answers: 'ConflictPage',
    problems: [HttpProblem.InvalidQuery, HttpProblem.StoreUnavailable],
  })
  conflicts(@Query() page: ConflictPageQuery): Promise<ConflictPageView> {
    return this.history.recent(page);
  }

  @Get('records/:key/history')
  @RecordKey()
  @AdminOperation({
    summary: 'What both stores hold of a record, and which of its versions lost, and why',
    description: 'A record that nobody knows has an empty history.',
    answers: 'RecordHistory',
    problems: [HttpProblem.InvalidQuery, HttpProblem.InvalidEmail, HttpProblem.StoreUnavailable],
  })
  read(
    @Param('key') rawKey: string,
    @Query() { entity: name, ...page }: HistoryQuery,
  ): Promise<RecordHistoryView> {
    const entity = this.engine.entity(name);
    return this.history.read(entity, entity.normalizeKey(rawKey), page);
  }

  /** Writes a losing version as a new write. */
  @Post('records/:key/history/:id/restore')
  @HttpCode(200)
  @RecordKey()
  @ApiParam({ name: 'id', description: '`id` of the conflict', example: '1879048192000000-redis' })
  @AdminOperation({
    summary: 'Write a losing version as a new write',
    description:
      'It becomes a Mongo-first write above the present version and travels to Redis. A losing delete removes the ' +
      'record. Of two versions that were merged, the fields are written that lost, of either side, and no others. ' +
      'Fields that MongoDB owns stay as they are. 409 when MongoDB holds this content already.',
    answers: 'Restored',
    problems: [
      HttpProblem.InvalidQuery,
      HttpProblem.InvalidEmail,
      HttpProblem.NotFound,
      HttpProblem.Conflict,
      HttpProblem.VersionNotKept,
      HttpProblem.StoreUnavailable,
    ],
  })
  async restore(
    @Param('key') rawKey: string,
    @Param('id') id: string,
    @Query() { entity: name }: RestoreQuery,
  ): Promise<RestoredView> {
    const entity = this.engine.entity(name);
    const key = entity.normalizeKey(rawKey);
    const loser = losingVersionOf(id);
    const result = loser ? await this.history.restore(entity, key, loser) : { outcome: 'unknown' as const };
    switch (result.outcome) {
      case 'restored':
        this.log.log(`an administrator restored ${entity.name} version ${id} as ${result.record.version}`);
        return result.record;
      case 'unknown':
        throw new ProblemError(HttpProblem.NotFound, {
          detail: `no losing version ${id.slice(0, 50)} of this record is kept`,
        });
      case 'not-kept':
        throw new ProblemError(HttpProblem.VersionNotKept);
      case 'nothing-to-do':
        throw new ProblemError(HttpProblem.Conflict, {
          detail: 'MongoDB holds this content already; nothing was written',
        });
    }
  }
}
