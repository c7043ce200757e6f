import { describe, expect, it } from '@jest/globals';
import { ConfigError } from './config-error.js';
import { envExample } from './env-example.js';
import { loadConfig, type Environment } from './load-config.js';
import { MongoSettings } from './mongo-settings.js';
import { RedisSettings } from './redis-settings.js';
import { ServiceConfig } from './service-config.js';
import { SettingsGroup } from './setting.js';

class ProbeConfig extends ServiceConfig {
  override port = 4000;

  @SettingsGroup()
  readonly redis = new RedisSettings();

  @SettingsGroup()
  readonly mongo = new MongoSettings();
}

function faultsOf(env: Environment): readonly string[] {
  try {
    loadConfig(ProbeConfig, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe('loadConfig', () => {
  it('has a default for everything', () => {
    const config = loadConfig(ProbeConfig, {});
    expect(config).toMatchObject({ port: 4000, logLevel: 'info', redis: { url: 'redis://127.0.0.1:6379' } });
    expect(config.adminToken).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.redis)).toBe(true);
  });

  it('reads the environment, groups included; an empty variable is none', () => {
    const env = { port: '80', REDIS_URL: 'rediss://u:p%40@h:1/2', MONGODB_DATABASE: ' x ', LOG_LEVEL: '' };
    const config = loadConfig(ProbeConfig, env);
    expect(config.port).toBe(80);
    expect(config.redis.url).toBe('rediss://u:p%40@h:1/2');
    expect(config.mongo.database).toBe('x');
    expect(config.logLevel).toBe('info');
    expect(loadConfig(ProbeConfig, { port: '80', PORT: '81' }).port).toBe(81);
  });

  it('names every fault with its variable and its value', () => {
    expect(faultsOf({ PORT: '80a', LOG_LEVEL: 'loud', MONGODB_DATABASE: 'a.b' })).toEqual([
      'MONGODB_DATABASE must be 1 to 63 letters, digits, _ or -, but is "a.b"',
      expect.stringMatching(/^PORT .*integer.*, but is "80a"$/),
      expect.stringMatching(/^LOG_LEVEL must be one of .*, but is "loud"$/),
    ]);
  });

  it('never shows a secret', () => {
    const faults = faultsOf({
      ADMIN_TOKEN: 'hunter2',
      REDIS_URL: 'http://:hunter2@h',
      MONGODB_URI: 'hunter2',
    });
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain('hunter2');
  });
});

describe('envExample', () => {
  it('lists each variable once, with the services that differ', () => {
    class OtherConfig extends ServiceConfig {
      override port = 5000;
    }
    const text = envExample([
      { service: 'one', config: ProbeConfig },
      { service: 'other', config: OtherConfig },
    ]);
    expect(text.match(/^# PORT=4000$/gm)).toHaveLength(1);
    expect(text).toContain('Default: 4000 (one), 5000 (other).');
    expect(text).toMatch(/Read by one\.\n# REDIS_URL=redis:/);
  });
});
