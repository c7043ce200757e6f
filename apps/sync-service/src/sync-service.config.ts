import {
  MongoSettings,
  RedisSettings,
  ServiceConfig,
  Setting,
  SettingsGroup,
  TombstoneSettings,
} from '@redis-mongo-sync/service-kit';
import { UsersSettings } from '@redis-mongo-sync/records-http';
import { DEFAULT_HISTORY_DAYS } from '@redis-mongo-sync/sync-adapters';
import { IsInt, Max, Min } from 'class-validator';

/** What the sync service is told. */
export class SyncServiceConfig extends ServiceConfig {
  override port = 3002;

  @SettingsGroup()
  readonly mongo = new MongoSettings();

  @SettingsGroup()
  readonly redis = new RedisSettings();

  @SettingsGroup()
  readonly tombstones = new TombstoneSettings();

  @SettingsGroup()
  readonly users = new UsersSettings();

  @IsInt()
  @Min(1)
  @Max(5_000)
  @Setting({ env: 'SYNC_BATCH_SIZE', about: 'Most stream entries handled in one step.', unit: 'entries' })
  batchSize = 500;

  @IsInt()
  @Min(1_000)
  @Setting({
    env: 'SYNC_MAX_STREAM_LENGTH',
    about: 'Above this length of mongo_changes capture waits for the consumers; nothing is dropped.',
    unit: 'entries',
  })
  maxStreamLength = 1_000_000;

  @IsInt()
  @Min(1_000)
  @Setting({
    env: 'SYNC_MAX_SKEW_MS',
    about: 'A version further ahead of the local clock than this goes to the dead letters.',
    unit: 'ms',
  })
  maxSkewMs = 60_000;

  @IsInt()
  @Min(1)
  @Max(3_650)
  @Setting({
    env: 'SYNC_HISTORY_DAYS',
    about: 'How long versions that lost a conflict are kept, to be looked at and restored.',
    unit: 'days',
  })
  historyDays = DEFAULT_HISTORY_DAYS;

  @IsInt()
  @Min(0)
  @Max(10_080)
  @Setting({
    env: 'SYNC_RECONCILE_EVERY_MINUTES',
    about: 'How often a random sample of records is compared on both sides. 0: never.',
    unit: 'minutes',
  })
  reconcileEveryMinutes = 60;

  @IsInt()
  @Min(1)
  @Max(10_000)
  @Setting({ env: 'SYNC_RECONCILE_SAMPLE', about: 'Records in that sample.', unit: 'records' })
  reconcileSample = 100;
}
