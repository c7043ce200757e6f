/**
 * What the sync tells people about: in log lines, health and dead letters. Codes are stable; `docs/errors.md` is
 * generated from these comments. 1xx capture, 2xx streams, 3xx apply, 4xx configuration; HTTP has 5xx of its own.
 */
export enum SyncAlert {
  /**
   * The oplog no longer reaches back to the capture position (the sync was down for longer than the oplog window).
   * Nothing to do: all documents are published again, beside new changes. Make the oplog larger if it happens often.
   */
  HistoryLost = 'SYNC_101',
  /**
   * The capture position was moved or removed: another process captures now, or Redis was wiped.
   * Nothing to do: capture starts over from what Redis says. After a wipe that means a full snapshot.
   */
  PositionMoved = 'SYNC_102',
  /**
   * A collection was dropped or renamed. Its records left MongoDB without a change each, and Redis still shows
   * them. Restore the collection, or delete the records through the API.
   */
  CollectionLost = 'SYNC_103',
  /**
   * Capture failed for a reason that is not an outage; it tries again with back-off. Read the message; if it stays,
   * the server may lack what is needed (a replica set, MongoDB 4.4 or newer, rights to watch the database).
   */
  CaptureFailed = 'SYNC_104',
  /**
   * The oplog will soon no longer reach back to the capture position. Look at why capture is behind (`/health`); make the
   * oplog larger (`replSetResizeOplog`). When it happens all the same, everything is published again, and nothing is lost.
   */
  HistoryEnding = 'SYNC_105',
  /**
   * The capture position in Redis is no position: another program wrote over it. Nothing to do: what was there is kept beside
   * it (`sync:capture:position:spoiled`), and all documents are published again. Find out who writes keys of the sync.
   */
  PositionSpoiled = 'SYNC_106',
  /**
   * Documents are not synced: their record key is missing, of another type or not in its normal form, or they hold something
   * that cannot be read. `GET /unsyncable` lists them with the reason; mend them, and they are synced by themselves.
   */
  Unsyncable = 'SYNC_107',
  /**
   * A change in MongoDB could not be read, not even of which document it is. It is passed over, so that document may differ:
   * `npm run tool -- reconcile --full --repair` finds and mends it.
   */
  UnreadableChange = 'SYNC_108',
  /**
   * A stream or its consumer group disappeared (deleted, flushed, failed over). Nothing to do: it is created again, and
   * every record with an unsettled change is re-emitted. Find out who deletes keys of the sync.
   */
  StreamLost = 'SYNC_201',
  /**
   * Entries were trimmed from a stream before they were handled. Nothing to do: their records are re-emitted. Trim
   * the streams with nothing but the product: `MAXLEN` knows no consumer groups.
   */
  EntriesTrimmed = 'SYNC_202',
  /**
   * A direction was repaired: entries that were missing from its stream were counted, and their records re-emitted.
   */
  Repaired = 'SYNC_203',
  /**
   * A stream is longer than its cap. Capture waits; Redis-first writes go on. Look at the lane's mode and at the store
   * it writes to.
   */
  StreamOverCap = 'SYNC_204',
  /**
   * Housekeeping failed for a reason that is not an outage; it tries again in its next round.
   */
  HousekeepingFailed = 'SYNC_205',
  /**
   * Another program had put something into Redis in the place of a record: a hash, a list, a text that is no record. It counts
   * as nothing and was written over. Find out who writes keys of the product.
   */
  ForeignContent = 'SYNC_206',
  /**
   * An entry cannot be applied and is a dead letter now. Read the reason at `/dead-letters`, mend it, and replay the
   * letter; the version compare keeps an overtaken one from doing harm.
   */
  DeadLettered = 'SYNC_301',
  /**
   * A version lies seconds ahead of this clock. Check the clocks of MongoDB, Redis and the services (NTP); beyond
   * `SYNC_MAX_SKEW_MS` entries become dead letters.
   */
  ClockSkew = 'SYNC_302',
  /**
   * A lane stopped for good because waiting cannot help, e.g. Redis refuses the password. Mend the configuration and
   * restart the service.
   */
  LaneStopped = 'SYNC_303',
  /**
   * Both stores were compared, and records differ that nothing is under way for. `npm run tool -- reconcile --full` lists
   * them, with `--repair` mends them. Find out who writes into Redis past the product, or whether Redis lost data.
   */
  StoresDiffer = 'SYNC_304',
  /**
   * Redis may evict keys (`maxmemory-policy allkeys-*`): it would throw away streams and tombstones. The sync refuses to
   * start. Set `maxmemory-policy noeviction`.
   */
  EvictingRedis = 'SYNC_401',
  /**
   * Redis keeps no append-only file. A crash of Redis loses what it acknowledged since its last snapshot. Set
   * `appendonly yes`.
   */
  VolatileRedis = 'SYNC_402',
  /**
   * The Redis user may not use INFO, so nobody looks whether Redis evicts keys or keeps an append-only file. Allow it
   * (`ACL SETUSER … +info`), or see to `maxmemory-policy noeviction` and `appendonly yes` where Redis is configured.
   */
  UnseenRedis = 'SYNC_403',
}
