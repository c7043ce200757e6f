import {
  RedisSettings,
  ServiceConfig,
  Setting,
  SettingsGroup,
  TombstoneSettings,
} from '@redis-mongo-sync/service-kit';
import { IsInt, Matches, Max, Min } from 'class-validator';

const HTTP_URL = { message: 'must be a URL such as http://127.0.0.1:3001' };

/** What the gateway is told. */
export class GatewayConfig extends ServiceConfig {
  override port = 3000;

  @Matches(/^https?:\/\/[^\s/]+$/, HTTP_URL)
  @Setting({ env: 'USER_SERVICE_URL', about: 'Origin of the user service.' })
  userServiceUrl = 'http://127.0.0.1:3001';

  @IsInt()
  @Min(100)
  @Max(60_000)
  @Setting({
    env: 'USER_SERVICE_TIMEOUT_MS',
    about: 'How long a request waits for the user service.',
    unit: 'ms',
  })
  userServiceTimeoutMs = 6_000;

  @Matches(/^https?:\/\/[^\s/]+$/, HTTP_URL)
  @Setting({ env: 'SYNC_SERVICE_URL', about: 'Origin of the sync service; /health asks whether it runs.' })
  syncServiceUrl = 'http://127.0.0.1:3002';

  @Matches(/^https?:\/\/[^\s/]+$/, HTTP_URL)
  @Setting({ env: 'EVENT_SERVICE_URL', about: 'Origin of the event service, which answers /api/events/….' })
  eventServiceUrl = 'http://127.0.0.1:3003';

  @IsInt()
  @Min(100)
  @Max(60_000)
  @Setting({
    env: 'EVENT_SERVICE_TIMEOUT_MS',
    about: 'How long a request waits for the event service, which waits for the audit log itself.',
    unit: 'ms',
  })
  eventServiceTimeoutMs = 10_000;

  @SettingsGroup()
  readonly redis = new RedisSettings();

  @SettingsGroup()
  readonly tombstones = new TombstoneSettings();
}
