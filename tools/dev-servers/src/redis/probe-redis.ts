import { Redis } from 'ioredis';

export type RedisProbe =
  | {
      readonly answers: true;
      readonly version: string;
      /** `noeviction`, `allkeys-lru`, …; `unknown` where CONFIG is forbidden. */
      readonly maxmemoryPolicy: string;
      /** `undefined` where INFO is forbidden. */
      readonly appendOnly: boolean | undefined;
      /** Keys in its database, when none of the project's streams is among them; else 0. */
      readonly foreignKeys: number;
    }
  | { readonly answers: false; readonly reason: string };

/** Asks the Redis at `url` who it is. Never throws; gives up after `timeoutMs`. */
export async function probeRedis(url: string, timeoutMs = 1_000): Promise<RedisProbe> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    disconnectTimeout: 100, // a frozen server never closes its side
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  });
  let lastError = 'no answer';
  client.on('error', (error: Error) => (lastError = error.message));
  try {
    await client.connect();
    const [server, policy, foreign] = await Promise.all([
      allowed(client.info(), ''),
      maxmemoryPolicy(client),
      allowed(foreignKeys(client), 0),
    ]);
    return {
      answers: true,
      version: infoField(server, 'redis_version'),
      maxmemoryPolicy: policy ?? infoField(server, 'maxmemory_policy'),
      appendOnly: server === '' ? undefined : infoField(server, 'aof_enabled') === '1',
      foreignKeys: foreign,
    };
  } catch (error) {
    return {
      answers: false,
      reason: error instanceof Error && lastError === 'no answer' ? error.message : lastError,
    };
  } finally {
    if (client.status !== 'end') client.disconnect(); // on a closed connection it would leave a timer behind
  }
}

/** What stands in for an answer that the user has no right to: such a Redis is usable all the same. */
async function allowed<T>(answer: Promise<T>, instead: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return instead;
    throw error;
  }
}

/** Hosted services often forbid CONFIG; INFO still names the policy on most of them. */
async function maxmemoryPolicy(client: Redis): Promise<string | undefined> {
  try {
    const [, policy] = await client.config('GET', 'maxmemory-policy');
    return policy;
  } catch {
    return undefined;
  }
}

async function foreignKeys(client: Redis): Promise<number> {
  const [ours, all] = await Promise.all([client.exists('mongo_changes', 'redis_changes'), client.dbsize()]);
  return ours > 0 ? 0 : all;
}

function infoField(info: string, field: string): string {
  return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? 'unknown';
}
