import { UsersSettings } from '@redis-mongo-sync/records-http';
import {
  MongoSettings,
  RedisSettings,
  ServiceConfig,
  SettingsGroup,
  TombstoneSettings,
} from '@redis-mongo-sync/service-kit';

/** What the user service is told. */
export class UserServiceConfig extends ServiceConfig {
  override port = 3001;

  /** Its one client is the gateway, which limits its own. */
  override rateLimitPerSecond = 0;

  @SettingsGroup()
  readonly mongo = new MongoSettings();

  /** Where the events of the users are published. */
  @SettingsGroup()
  readonly redis = new RedisSettings();

  @SettingsGroup()
  readonly tombstones = new TombstoneSettings();

  @SettingsGroup()
  readonly users = new UsersSettings();
}
