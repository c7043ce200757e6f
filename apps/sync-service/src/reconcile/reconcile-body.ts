import { EnumField, FlagField, IntegerField, RequestDto } from '@redis-mongo-sync/service-kit';
import type { ReconcileRequest } from '@redis-mongo-sync/sync-core';
import { DEFAULT_ENTITY, ENTITY_NAMES } from '../entities.js';

/** Body of `POST /reconcile`. Without one: a look at a random sample that changes nothing. */
@RequestDto({ mayBeAbsent: true })
export class ReconcileBody {
  @EnumField(ENTITY_NAMES)
  entity: string = DEFAULT_ENTITY;

  @EnumField(['sample', 'full'])
  mode: ReconcileRequest['mode'] = 'sample';

  @IntegerField({
    min: 1,
    max: 10_000,
    optional: true,
    description: 'Records in mode `sample`. Default: SYNC_RECONCILE_SAMPLE of the service.',
  })
  sample?: number;

  @EnumField(['versions', 'content'])
  depth: ReconcileRequest['depth'] = 'content';

  @FlagField()
  repair = false;

  @EnumField(['emit', 'remove'], {
    description: 'What repair does with a record that only Redis has: send it to MongoDB, or delete it.',
  })
  extra: ReconcileRequest['extra'] = 'emit';

  @IntegerField({ min: 0, max: 1_000_000, description: 'Records per second; 0: no limit.' })
  rate = 0;
}
