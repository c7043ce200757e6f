import type { ServerCommand } from '../process/server-process.js';
import { probeRedis } from './probe-redis.js';

interface RedisServerSettings {
  readonly binary: string;
  readonly port: number;
  readonly folder: string;
  readonly appendOnly: boolean;
  /** Further directives of redis.conf, e.g. `{ 'maxmemory': '4mb' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** How to run a `redis-server` (or `valkey-server`) in the foreground, reachable from this machine only. */
export function redisServerCommand(settings: RedisServerSettings): ServerCommand {
  const directives: Record<string, string> = {
    port: String(settings.port),
    bind: '127.0.0.1',
    dir: settings.folder,
    daemonize: 'no',
    save: '',
    appendonly: settings.appendOnly ? 'yes' : 'no',
    ...settings.config,
  };
  return {
    command: settings.binary,
    args: Object.entries(directives).flatMap(([name, value]) => [`--${name}`, ...directiveValue(value)]),
    ready: async () => (await probeRedis(`redis://127.0.0.1:${settings.port}`, 500)).answers,
  };
}

/** `replicaof 127.0.0.1 6380` is two arguments; an empty value (`save ""`) must stay one. */
function directiveValue(value: string): string[] {
  return value === '' ? [''] : value.split(' ');
}
