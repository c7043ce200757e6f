import type { ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import { eventFromImage, type MongoImage } from '../domain/mongo-image.js';
import type { CaptureJournal, CapturePosition, KnownVersions } from '../ports/capture-journal.js';
import type { MongoChange } from '../ports/change-feed.js';
import type { MongoAuthority } from '../ports/mongo-authority.js';

export interface StampStores {
  readonly journal: Pick<CaptureJournal, 'known'>;
  readonly authority: MongoAuthority;
}

export interface CaptureStores {
  readonly journal: Pick<CaptureJournal, 'known' | 'publish'>;
  readonly authority: MongoAuthority;
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
  readonly id: string;
  readonly event: ChangeEvent;
}

/**
 * Mongo → `mongo_changes`: turns changes into events and publishes them together with the position behind them.
 *
 * Changes by clients of the product carry a version and become events as they are – echoes of Redis writes too,
 * because Mongo's image may say more than Redis has. Writes by outsiders are found by their result: a document without a
 * version, a document that is gone, a document set back below a version that is still in flight to Redis. Those are
 * corrected in Mongo and become no event now: the correction comes back through the feed, with a version.
 *
 * Corrections are made before anything is published. A crash in between repeats them, and they are compare-and-set,
 * so that is harmless.
 */
export async function captureChanges(step: CaptureStep, stores: CaptureStores): Promise<CaptureResult> {
  let captured: Captured[] = [];
  const unstamped: Stampable[] = [];
  for (const change of step.changes) {
    if (change.kind === 'written' && change.image.version === null) unstamped.push(stampable(change));
    const one = await capture(change, stores);
    if (one) captured.push(one);
  }
  await stampAbove(unstamped, stores);
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

/** A document to be stamped, if it still has the version that was seen (`null`: none). */
export interface Stampable {
  readonly entity: EntityDefinition;
  readonly id: string;
  readonly key: string;
  readonly seen: number | null;
}

/** Stamps documents above everything Redis knows of their records. */
export async function stampAbove(
  records: readonly Stampable[],
  { journal, authority }: StampStores,
): Promise<void> {
  for (const entity of new Set(records.map((record) => record.entity))) {
    // A document that changed several times in one batch is stamped once.
    const byId = new Map(
      records.filter((record) => record.entity === entity).map((record) => [record.id, record]),
    );
    const own = [...byId.values()];
    const known = await journal.known(
      entity,
      own.map(({ key }) => key),
    );
    const requests = own.map(({ id, seen }, index) => ({ id, seen, floor: floorOf(known[index]) }));
    await authority.stamp(entity, requests);
  }
}

function stampable({ entity, image }: Extract<MongoChange, { kind: 'written' }>): Stampable {
  return { entity, id: image.id, key: image.key, seen: image.version };
}

function floorOf(known: KnownVersions | undefined): number {
  return known ? Math.max(known.held, known.inFlight) : 0;
}

async function capture(change: MongoChange, stores: StampStores): Promise<Captured | null> {
  const { entity } = change;
  if (change.kind === 'erased') return captureErased(entity, change.last, stores);
  const { image, previousKey } = change;
  if (previousKey !== undefined && previousKey !== image.key) await bury(entity, previousKey, stores);
  if (image.version === null) return null;
  return { entity, id: image.id, event: eventFromImage(entity, image, image.version) };
}

/**
 * A record that is gone is buried. A tombstone that is gone says once more what it said: mostly it was purged when its
 * time had come, and both stores have long heard it; but if an outsider removed it early, this may be the last chance, since
 * looking up the document that the delete's own change named found nothing.
 */
async function captureErased(
  entity: EntityDefinition,
  last: MongoImage | null,
  stores: StampStores,
): Promise<Captured | null> {
  if (last === null) return null; // no pre-image, which alone could tell what it was
  if (!last.deleted || last.version === null) {
    await bury(entity, last.key, stores);
    return null;
  }
  const successor = (await stores.authority.current(entity, [last.key])).get(last.key);
  return successor ? null : { entity, id: last.id, event: eventFromImage(entity, last, last.version) };
}

/**
 * Puts a tombstone above what Redis knows of the key – unless another document has taken the place, which speaks for
 * itself: its change is further down the feed.
 */
async function bury(
  entity: EntityDefinition,
  key: string,
  { journal, authority }: StampStores,
): Promise<void> {
  const [known] = await journal.known(entity, [key]);
  await authority.bury(entity, key, floorOf(known));
}

async function stampSetBack(behind: readonly Captured[], stores: StampStores): Promise<void> {
  const records = behind.map(({ entity, id, event }) => ({
    entity,
    id,
    key: event.key,
    seen: event.version,
  }));
  await stampAbove(records, stores);
  // What is gone by now cannot speak for itself; where a document stands, burying does nothing.
  for (const { entity, event } of behind) await bury(entity, event.key, stores);
}
