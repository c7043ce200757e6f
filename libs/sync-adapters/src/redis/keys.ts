import {
  projectionKey,
  type Direction,
  type EntityDefinition,
  type Source,
} from '@redis-mongo-sync/sync-core';

/** The streams, by the direction their entries travel. */
export const STREAMS = {
  'mongo-to-redis': 'mongo_changes',
  'redis-to-mongo': 'redis_changes',
} as const satisfies Record<Direction, string>;

/** Consumer group of the sync-services on either stream. */
export const SYNC_GROUP = 'sync-service';

/**
 * Every Redis key of the product is named here. On a Redis Cluster the keys of one script must share a slot: give
 * them all one hash tag here.
 */
export const KEYS = {
  processed: 'processed_events',
  processedPrevious: 'processed_events:previous',
  processedSince: 'processed_events:since',
  capturePosition: 'sync:capture:position',
  /** What stood there and was no position, for a person to look at. */
  spoiledPosition: 'sync:capture:position:spoiled',
  captureLease: 'sync:capture:lease',

  /** How far a backfill has come, so that another run goes on from there. */
  backfill: (from: Source, entityName: string): string => `sync:backfill:${from}:${entityName}`,

  stream: (direction: Direction): string => STREAMS[direction],
  deadLetters: (direction: Direction): string => `${STREAMS[direction]}:dlq`,
  /**
   * Hash: `<entity>:<record key>` → highest version on the stream that is not settled yet; of `redis_changes`
   * followed by what that write knew of Mongo and what it changed (`<version> <known> <JSON list of names, or *>`).
   */
  inFlight: (direction: Direction): string => `${STREAMS[direction]}:inflight`,
  /** Hash: the ledger of a direction. */
  ledger: (direction: Direction): string => `sync:ledger:${direction}`,

  /**
   * Hash: `<entity>:<record key>` → the version that Redis held when an older image from Mongo was settled because a
   * newer write was in flight. Housekeeping looks at Mongo when that has landed.
   */
  doubts: 'sync:doubts',

  record: projectionKey,
  tombstone: (entity: EntityDefinition, key: string): string => `tombstone:${projectionKey(entity, key)}`,
  /** Sorted set of the keys of living records, all at score 0: a lexicographic index for paging. */
  index: (entity: EntityDefinition): string => `index:${entity.name}`,
  /** What a client's write answered, for the case that it is sent again. */
  operation: (operationId: string): string => `sync:operation:${operationId}`,
} as const;

/** Each of the names above, cut at a colon: no record may have one of these, or one that goes on with a colon. */
export const PRODUCT_PREFIXES: readonly string[] = [
  ...Object.values(STREAMS),
  KEYS.processed,
  'sync',
  'tombstone',
  'index',
];

/** Field of the in-flight hashes. */
export function inFlightField(entityName: string, key: string): string {
  return `${entityName}:${key}`;
}
