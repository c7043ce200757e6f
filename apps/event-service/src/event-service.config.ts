import {
  AuditSettings,
  MongoSettings,
  RedisSettings,
  ServiceConfig,
  SettingsGroup,
} from '@redis-mongo-sync/service-kit';
import { EventsSettings } from './events-settings.js';

/** What the event service is told. */
export class EventServiceConfig extends ServiceConfig {
  override port = 3003;

  /** Its one client is the gateway, which limits its own. */
  override rateLimitPerSecond = 0;

  @SettingsGroup()
  readonly redis = new RedisSettings();

  /** Holds the audit log, where AUDIT_STORE is mongo. */
  @SettingsGroup()
  readonly mongo = new MongoSettings();

  @SettingsGroup()
  readonly audit = new AuditSettings();

  @SettingsGroup()
  readonly events = new EventsSettings();
}
