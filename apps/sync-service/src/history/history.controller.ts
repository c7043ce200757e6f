import { AdminTokenGuard, HttpProblem, ProblemError, StrictQuery } from '@redis-mongo-sync/service-kit';
import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import {
  RecordHistory,
  type ConflictPageView,
  type RecordHistoryView,
  type RestoredView,
} from '@redis-mongo-sync/sync-engine';
import { Controller, Get, HttpCode, Logger, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DocumentConflicts, DocumentHistory, DocumentRestore } from '../docs/history-docs.js';
import {
  ConflictPageQuery,
  HistoryQuery,
  invalidQuery,
  loserOf,
  pageOf,
  RestoreQuery,
} from './history-request.js';

/** Which write won, why, and what lost; and a way back for what lost. */
@ApiTags('history')
@Controller()
@UseGuards(AdminTokenGuard)
export class HistoryController {
  private readonly log = new Logger('History');

  constructor(private readonly history: RecordHistory) {}

  /** The conflicts of all records, newest first. */
  @Get('conflicts')
  @DocumentConflicts()
  conflicts(@StrictQuery(ConflictPageQuery) query: ConflictPageQuery): Promise<ConflictPageView> {
    return this.history.recent(pageOf(query));
  }

  @Get('records/:key/history')
  @DocumentHistory()
  read(
    @Param('key') rawKey: string,
    @StrictQuery(HistoryQuery) query: HistoryQuery,
  ): Promise<RecordHistoryView> {
    const entity = this.entityOf(query);
    return this.history.read(entity, entity.normalizeKey(rawKey), pageOf(query));
  }

  /** Writes a losing version as a new write. */
  @Post('records/:key/history/:id/restore')
  @HttpCode(200)
  @DocumentRestore()
  async restore(
    @Param('key') rawKey: string,
    @Param('id') id: string,
    @StrictQuery(RestoreQuery) query: RestoreQuery,
  ): Promise<RestoredView> {
    const entity = this.entityOf(query);
    const key = entity.normalizeKey(rawKey);
    const loser = loserOf(id);
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

  private entityOf({ entity: name }: RestoreQuery): EntityDefinition {
    const entity = this.history.entity(name);
    if (entity) return entity;
    throw invalidQuery('entity', `must be ${this.history.entityNames.join(' or ')}`);
  }
}
