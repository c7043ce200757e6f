import type { ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import { eventFromImage, type MongoImage } from '../domain/mongo-image.js';
import type { CaptureJournal, CapturePosition } from '../ports/capture-journal.js';
import type { ErasedChange, MongoChange, WrittenChange } from '../ports/change-feed.js';
import type { UnsyncableLog } from '../ports/unsyncable-log.js';
import { bury, floorsOf, stampAbove, type Gone, type Stampable, type StampStores } from './stamp-above.js';

export interface CaptureStores extends StampStores {
  readonly journal: Pick<CaptureJournal, 'known' | 'publish'>;
  readonly unsyncable: UnsyncableLog;
}

export interface CaptureStep {
  readonly changes: readonly MongoChange[];
  readonly expected: CapturePosition | null;
  /** The position behind `changes`. */
  readonly next: CapturePosition;
}

export type CaptureResult =
  { readonly outcome: 'published'; readonly events: readonly ChangeEvent[] } | { readonly outcome: 'fenced' };

/** An event, and the document and entity it speaks of. */
interface Captured {
  readonly entity: EntityDefinition;
  readonly id: string | null;
  readonly event: ChangeEvent;
}

/**
 * Mongo → `mongo_changes`: turns changes into events and publishes them together with the position behind them.
 *
 * Changes by clients of the product carry a version and become events as they are – echoes of Redis writes too,
 * because Mongo's image may say more than Redis has. Writes by outsiders are found by their result: a document without a
 * version, a document that is gone without a tombstone, one that has another key and the version of its old life, one
 * set back below a version that is still in flight to Redis. Those are corrected in Mongo and become no event now: the
 * correction comes back through the feed, with a version. A document that cannot be synced is put on a list.
 *
 * Corrections are made before anything is published. A crash in between repeats them, and they are compare-and-set,
 * so that is harmless.
 */
export async function captureChanges(step: CaptureStep, stores: CaptureStores): Promise<CaptureResult> {
  await listUnsyncable(step.changes, stores.unsyncable);
  let captured = await captureAll(step.changes, stores);
  for (;;) {
    const events = captured.map(({ event }) => event);
    const { expected, next } = step;
    const result = await stores.journal.publish({ expected, next, events });
    switch (result.outcome) {
      case 'published':
        return { outcome: 'published', events };
      case 'fenced':
        return { outcome: 'fenced' };
      case 'set-back': {
        const behind = new Set(result.indices);
        await stampSetBack(
          captured.filter((_, index) => behind.has(index)),
          stores,
        );
        captured = captured.filter((_, index) => !behind.has(index));
      }
    }
  }
}

/** The last word on each document of the batch stands. */
async function listUnsyncable(changes: readonly MongoChange[], log: UnsyncableLog): Promise<void> {
  const last = new Map<string, MongoChange>();
  for (const change of changes) {
    const id = change.kind === 'written' ? change.image.id : change.id;
    if (id !== null) last.set(`${change.entity.name} ${id}`, change);
  }
  const bad = [...last.values()].filter((change) => change.kind === 'unsyncable');
  const good = [...last.values()].flatMap((change) => {
    if (change.kind === 'unsyncable') return [];
    const id = change.kind === 'written' ? change.image.id : change.id;
    return id === null ? [] : [{ entity: change.entity, id }];
  });
  if (bad.length > 0) await log.note(bad.map(({ entity, id, reason }) => ({ entity, id, reason })));
  if (good.length > 0) await log.strike(good);
}

async function captureAll(changes: readonly MongoChange[], stores: CaptureStores): Promise<Captured[]> {
  const captured: Captured[] = [];
  const stampable: Stampable[] = [];
  const moved: WrittenChange[] = [];
  await bury(changes.flatMap(goneWith), stores);
  for (const change of changes) {
    if (change.kind === 'unsyncable') continue;
    if (change.kind === 'erased') {
      const tombstone = await captureErasedTombstone(change, stores);
      if (tombstone) captured.push(tombstone);
      continue;
    }
    const { entity, image } = change;
    if (image.version === null) stampable.push(...stampableOf(change));
    else if (change.previous) moved.push(change);
    else captured.push({ entity, id: image.id, event: eventFromImage(entity, image, image.version) });
  }
  const { above, below } = await compareMoved(moved, stores);
  await stampAbove([...stampable, ...below.flatMap(stampableOf)], stores);
  return [...captured, ...above];
}

/** The record that a change took away: the document is gone, or is another record now. */
function goneWith(change: MongoChange): Gone[] {
  const { entity } = change;
  const gone = change.kind === 'erased' ? livingIn(change.last) : change.previous;
  return gone ? [{ entity, key: gone.key, gone: gone.version ?? 0 }] : [];
}

/** `null`: there is no pre-image, which alone could tell what the document was; or it was no living record. */
function livingIn(last: MongoImage | null): MongoImage | null {
  return last && !last.deleted ? last : null;
}

function stampableOf({ entity, image: { id, key, version } }: WrittenChange): Stampable[] {
  return id === null ? [] : [{ entity, id, key, seen: version }];
}

/**
 * A document that took another key brings the version of its old life, which says nothing against what the new key has
 * been through: it counts only where it lies above all of that. (One that the product moved does.)
 */
async function compareMoved(
  moved: readonly WrittenChange[],
  stores: CaptureStores,
): Promise<{ readonly above: readonly Captured[]; readonly below: readonly WrittenChange[] }> {
  const above: Captured[] = [];
  const below: WrittenChange[] = [];
  for (const change of moved) {
    const { entity, image } = change;
    const [floor = 0] = await floorsOf(entity, [image.key], stores);
    // What is as high is this very document, read once more; if it is not, the tie shows it.
    if (image.version === null || image.version < floor) below.push(change);
    else above.push({ entity, id: image.id, event: eventFromImage(entity, image, image.version) });
  }
  return { above, below };
}

/**
 * A tombstone that is gone says once more what it said: mostly it was purged when its time had come, or a record took its
 * place; but if an outsider removed it early, this may be the last chance.
 */
async function captureErasedTombstone(
  { entity, last }: ErasedChange,
  { authority }: StampStores,
): Promise<Captured | null> {
  if (!last?.deleted || last.version === null) return null;
  const successor = (await authority.current(entity, [last.key])).get(last.key);
  return successor ? null : { entity, id: null, event: eventFromImage(entity, last, last.version) };
}

async function stampSetBack(behind: readonly Captured[], stores: StampStores): Promise<void> {
  const records = behind.flatMap(({ entity, id, event }) =>
    id === null ? [] : [{ entity, id, key: event.key, seen: event.version }],
  );
  await stampAbove(records, stores);
  // What is gone by now cannot speak for itself; where a document stands, burying does nothing.
  const gone = behind.map(({ entity, event: { key, version } }) => ({ entity, key, gone: version }));
  await bury(gone, stores);
}
