import { eventIdOf, payloadOf, type ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import type { CaptureJournal } from '../ports/capture-journal.js';
import type { MongoChange, MongoImage } from '../ports/change-feed.js';
import type { MongoAuthority } from '../ports/mongo-authority.js';

export interface CaptureStores {
  readonly journal: Pick<CaptureJournal, 'known'>;
  readonly authority: MongoAuthority;
}

/**
 * Turns changes of Mongo into events for `mongo_changes`.
 *
 * Changes by clients of the product carry a version and become events as they are – echoes of Redis writes too,
 * because Mongo's image may say more than Redis has. Writes by others are found here by their result: a document
 * without a version is stamped; a document that vanished is buried. Neither becomes an event now: the correction
 * itself comes back through the feed, with a version.
 *
 * Corrections are made before the events are published. A crash in between repeats them, and they are
 * compare-and-set, so that is harmless.
 */
export async function captureChanges(
  changes: readonly MongoChange[],
  stores: CaptureStores,
): Promise<readonly ChangeEvent[]> {
  const events: ChangeEvent[] = [];
  for (const change of changes) {
    if (change.kind === 'erased') {
      await buryErased(change, stores);
      continue;
    }
    if (change.previousKey !== undefined && change.previousKey !== change.image.key) {
      await bury(change.entity, change.previousKey, stores);
    }
    if (change.image.version === null) await stampUnversioned(change.entity, change.image, stores);
    else events.push(eventOf(change.entity, change.image, change.image.version));
  }
  return events;
}

/** The event that carries Mongo's image of a record. */
export function eventOf(entity: EntityDefinition, image: MongoImage, version: number): ChangeEvent {
  const shown = !image.deleted && (entity.filter?.(image.fields) ?? true);
  return {
    eventId: eventIdOf('mongo', image.key, version),
    entity: entity.name,
    key: image.key,
    op: shown ? 'upsert' : 'delete',
    source: image.source,
    version,
    payload: shown ? payloadOf(image.fields) : null,
    id: image.id,
  };
}

/** Stamps a document that has no version above everything Redis knows of it. */
export async function stampUnversioned(
  entity: EntityDefinition,
  image: Pick<MongoImage, 'id' | 'key'>,
  { journal, authority }: CaptureStores,
): Promise<void> {
  const { held, flying } = await journal.known(entity, image.key);
  await authority.stamp({ entity, id: image.id, seen: null, floor: Math.max(held, flying) });
}

async function buryErased(
  { entity, last }: Extract<MongoChange, { kind: 'erased' }>,
  stores: CaptureStores,
): Promise<void> {
  // A purged tombstone has told its story long ago. A document of which nothing is known cannot be traced.
  if (last === null || last.deleted) return;
  await bury(entity, last.key, stores);
}

/**
 * Puts a tombstone above what Redis knows of the key. Where another document has taken the place – an older copy put
 * back, say – that one is stamped if a newer version of the record is already on its way to Redis.
 */
async function bury(
  entity: EntityDefinition,
  key: string,
  { journal, authority }: CaptureStores,
): Promise<void> {
  const { held, flying } = await journal.known(entity, key);
  const floor = Math.max(held, flying);
  if ((await authority.bury(entity, key, floor)) === 'buried') return;
  const successor = (await authority.current(entity, [key])).get(key);
  if (successor?.version == null || successor.version >= flying) return;
  await authority.stamp({ entity, id: successor.id, seen: successor.version, floor });
}
