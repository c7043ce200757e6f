import type { EntityDefinition } from '../domain/entity.js';
import type { ProjectionTarget } from '../ports/apply-targets.js';
import type { CaptureJournal } from '../ports/capture-journal.js';
import type { MongoAuthority } from '../ports/mongo-authority.js';
import { eventFromImage } from '../domain/mongo-image.js';
import { bury, stampAbove } from '../pipeline/stamp-above.js';
import type { Difference, DifferenceKind } from './difference.js';
import type { ReconcileRequest } from './report.js';
import type { RedisSide } from './sides.js';

export interface RepairStores {
  readonly journal: Pick<CaptureJournal, 'known' | 'reEmit'>;
  readonly authority: MongoAuthority;
  readonly projections: Pick<ProjectionTarget, 'reEmitAnew'>;
  readonly redis: Pick<RedisSide, 'mendIndex'>;
}

export interface RepairOptions {
  readonly extra: ReconcileRequest['extra'];
  /** Re-emitting did not help before: Mongo's record gets a new version, which wins whatever Redis has. */
  readonly again: boolean;
}

/**
 * Sends records on their ordinary way once more; nothing is written past the version compare. So a repair that is late
 * – the record has moved on since it was looked at – loses like any late change.
 */
export async function repair(
  entity: EntityDefinition,
  differences: readonly Difference[],
  stores: RepairStores,
  options: RepairOptions,
): Promise<void> {
  const keysOf = (...kinds: readonly DifferenceKind[]) =>
    differences.filter(({ kind }) => kinds.includes(kind)).map(({ key }) => key);
  await stores.redis.mendIndex(
    entity,
    differences.map(({ key }) => key),
  );
  await publishAgain(
    entity,
    keysOf('missing', 'older', ...(options.again ? [] : ['different' as const])),
    stores,
  );
  await stamp(entity, keysOf('unstamped', ...(options.again ? ['different' as const] : [])), stores);
  const fromRedis = differences.filter(
    ({ kind }) => kind === 'newer' || (kind === 'extra' && options.extra === 'emit'),
  );
  for (const { key, redisVersion } of fromRedis) {
    await stores.projections.reEmitAnew(entity, key, redisVersion ?? 0);
  }
  if (options.extra === 'remove') {
    for (const { key, kind, redisVersion } of differences) {
      if (kind === 'extra') await bury([{ entity, key, gone: redisVersion ?? 0 }], stores);
    }
  }
}

/** Mongo's present images, as events. */
async function publishAgain(
  entity: EntityDefinition,
  keys: readonly string[],
  { authority, journal }: RepairStores,
): Promise<void> {
  if (keys.length === 0) return;
  const images = [...(await authority.current(entity, keys)).values()];
  const events = images.flatMap((image) =>
    image.version === null ? [] : [eventFromImage(entity, image, image.version)],
  );
  await journal.reEmit(events);
}

async function stamp(entity: EntityDefinition, keys: readonly string[], stores: RepairStores): Promise<void> {
  if (keys.length === 0) return;
  const images = [...(await stores.authority.current(entity, keys)).values()];
  const records = images.flatMap(({ id, key, version }) =>
    id === null ? [] : [{ entity, id, key, seen: version }],
  );
  await stampAbove(records, stores);
}
