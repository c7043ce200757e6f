import { AdminTokenGuard, HttpProblem } from '@redis-mongo-sync/service-kit';
import { SyncEngine, UnsyncableDocuments, type UnsyncablePageView } from '@redis-mongo-sync/sync-engine';
import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AdminOperation } from '../docs/admin-operation.js';
import { UnsyncableQuery } from './unsyncable-query.js';

/** Documents that are not synced, and why. */
@ApiTags('unsyncable')
@Controller('unsyncable')
@UseGuards(AdminTokenGuard)
export class UnsyncableController {
  constructor(
    private readonly documents: UnsyncableDocuments,
    private readonly engine: SyncEngine,
  ) {}

  @Get()
  @AdminOperation({
    summary: 'The documents that are not synced, and why',
    description:
      'Their record key is missing, of another type or not in its normal form, or they hold something that cannot be ' +
      'read. Mend them in MongoDB, and they are synced, and gone from this list, by themselves.',
    answers: 'UnsyncablePage',
    problems: [HttpProblem.InvalidQuery, HttpProblem.StoreUnavailable],
  })
  list(@Query() { entity, ...page }: UnsyncableQuery): Promise<UnsyncablePageView> {
    return this.documents.list(this.engine.entity(entity), page);
  }
}
