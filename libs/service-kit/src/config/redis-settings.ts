import { Matches } from 'class-validator';
import { Setting } from './setting.js';

/** Where Redis is. Services that use it have these as a group. */
export class RedisSettings {
  @Matches(/^rediss?:\/\/([^\s@/]*@)?[^\s@/]+(\/\d+)?(\?\S*)?$/, {
    message: 'must be a URL such as redis://127.0.0.1:6379',
  })
  @Setting({
    env: 'REDIS_URL',
    about: 'Redis, as redis://[user:password@]host:port[/database].',
    secret: true,
  })
  url = 'redis://127.0.0.1:6379';
}
