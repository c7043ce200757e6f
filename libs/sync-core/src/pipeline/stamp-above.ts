import type { EntityDefinition } from '../domain/entity.js';
import type { CaptureJournal } from '../ports/capture-journal.js';
import type { MongoAuthority, StampRequest } from '../ports/mongo-authority.js';

export interface StampStores {
  readonly journal: Pick<CaptureJournal, 'known'>;
  readonly authority: MongoAuthority;
}

/** A document to be stamped, if it still has the version that was seen (`null`: none). */
export interface Stampable extends Pick<StampRequest, 'id' | 'seen' | 'fields' | 'merge'> {
  readonly entity: EntityDefinition;
  readonly key: string;
  /** The new version lies above this one, too. */
  readonly floor?: number;
}

/** Stamps documents above everything that is known of their records: in Redis, in flight to it, and buried in Mongo. */
export async function stampAbove(records: readonly Stampable[], stores: StampStores): Promise<void> {
  for (const entity of new Set(records.map((record) => record.entity))) {
    // A document that changed several times in one batch is stamped once.
    const byId = new Map(
      records.filter((record) => record.entity === entity).map((record) => [record.id, record]),
    );
    const own = [...byId.values()];
    const floors = await floorsOf(
      entity,
      own.map(({ key }) => key),
      stores,
    );
    const requests = own.map(({ id, seen, fields, merge, floor = 0 }, index) => ({
      id,
      seen,
      floor: Math.max(floor, floors[index] ?? 0),
      ...(fields ? { fields } : {}),
      ...(merge ? { merge } : {}),
    }));
    await stores.authority.stamp(entity, requests);
  }
}

/** The highest version that is known of each of these records, in their order; 0: none. */
export async function floorsOf(
  entity: EntityDefinition,
  keys: readonly string[],
  { journal, authority }: StampStores,
): Promise<readonly number[]> {
  const inRedis = await knownInRedis(entity, keys, journal);
  const buried = await authority.tombstones(entity, keys);
  return keys.map((key, index) => Math.max(inRedis[index] ?? 0, buried.get(key) ?? 0));
}

/** A record that is gone, and the version that it had (0: none). */
export interface Gone {
  readonly entity: EntityDefinition;
  readonly key: string;
  readonly gone: number;
}

/**
 * Puts tombstones above what is known of the keys – unless one says already that what is gone is gone, as the product's
 * deletes do, or another document has taken the place, which speaks for itself: its change is further down the feed. Of what
 * has lost its stamp no tombstone can say so: one that is below what Redis has is of an earlier life.
 */
export async function bury(records: readonly Gone[], { journal, authority }: StampStores): Promise<void> {
  for (const entity of new Set(records.map((record) => record.entity))) {
    const own = records.filter((record) => record.entity === entity);
    const keys = own.map(({ key }) => key);
    const buried = await authority.tombstones(entity, keys);
    const left = own.filter(({ key, gone }) => gone === 0 || (buried.get(key) ?? 0) <= gone);
    const inRedis = await knownInRedis(
      entity,
      left.map(({ key }) => key),
      journal,
    );
    for (const [index, { key, gone }] of left.entries()) {
      const there = buried.get(key) ?? 0;
      const known = inRedis[index] ?? 0;
      if (there > gone && there >= known) continue;
      await authority.bury(entity, { key, gone: Math.max(gone, there), floor: Math.max(gone, there, known) });
    }
  }
}

async function knownInRedis(
  entity: EntityDefinition,
  keys: readonly string[],
  journal: StampStores['journal'],
): Promise<readonly number[]> {
  if (keys.length === 0) return [];
  const known = await journal.known(entity, keys);
  return known.map(({ held, inFlight }) => Math.max(held, inFlight));
}
