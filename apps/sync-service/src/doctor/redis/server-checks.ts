import { readInfo } from '@redis-mongo-sync/sync-adapters';
import type { Redis } from 'ioredis';
import { clockFinding } from '../clock.js';
import type { Found } from '../finding.js';

/** What INFO says; null: the user may not use it. */
export type RedisFacts = ReadonlyMap<string, string> | null;

export async function redisFacts(redis: Redis): Promise<RedisFacts> {
  const text = await readInfo(redis, ['server', 'memory', 'persistence', 'replication', 'cluster']);
  if (text === null) return null;
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** Bytes that are free below `maxmemory`; null: no limit, or nothing is known. */
export function freeBytesOf(facts: RedisFacts): number | null {
  const limit = Number(facts?.get('maxmemory') ?? 0);
  return limit > 0 ? limit - Number(facts?.get('used_memory') ?? 0) : null;
}

/** Version, eviction, persistence, role, cluster and clock of Redis. */
export async function redisServerChecks(redis: Redis, facts: RedisFacts): Promise<readonly Found[]> {
  const clock = await clockCheck(redis);
  if (facts === null) {
    const says = 'this user may not use INFO: version, eviction and persistence were not looked at';
    const mend = ['redis-cli: ACL SETUSER <user> +info, or see to noeviction and appendonly yes yourself'];
    return [{ name: 'configuration', verdict: 'notice', says, mend }, clock];
  }
  return [
    ...versionChecks(facts.get('redis_version') ?? '0'),
    evictionCheck(facts.get('maxmemory_policy') ?? 'unknown'),
    persistenceCheck(facts.get('aof_enabled') === '1'),
    ...roleChecks(facts),
    clock,
  ];
}

function versionChecks(version: string): Found[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    const says = `${version}: the sync needs 6.2 or newer`;
    return [{ name: 'version', verdict: 'mend', says, mend: ['upgrade Redis'] }];
  }
  if (major >= 7) return [{ name: 'version', verdict: 'fine', says: version }];
  const says = `${version} has no functions: clients in other languages need 7.0 for FCALL sync_write`;
  return [{ name: 'version', verdict: 'notice', says }];
}

function evictionCheck(policy: string): Found {
  const name = 'maxmemory-policy';
  if (policy === 'noeviction') return { name, verdict: 'fine', says: policy };
  const mend = ['redis-cli: CONFIG SET maxmemory-policy noeviction, and the same in redis.conf'];
  if (policy.startsWith('allkeys-')) {
    const says = `${policy} may evict streams and tombstones: the sync refuses to start`;
    return { name, verdict: 'mend', says, mend };
  }
  const says = `${policy} may evict what has a time to live: tombstones, and with them the memory of deletes`;
  return { name, verdict: 'notice', says, mend };
}

function persistenceCheck(appendOnly: boolean): Found {
  const name = 'persistence';
  if (appendOnly) return { name, verdict: 'fine', says: 'keeps an append-only file' };
  return {
    name,
    verdict: 'notice',
    says: 'keeps no append-only file: a crash loses what was acknowledged since the last snapshot',
    mend: ['redis-cli: CONFIG SET appendonly yes, and the same in redis.conf'],
  };
}

function roleChecks(facts: NonNullable<RedisFacts>): Found[] {
  const replica = facts.get('role') === 'slave';
  const cluster = facts.get('cluster_enabled') === '1';
  return [
    replica
      ? {
          name: 'role',
          verdict: 'mend',
          says: 'a replica takes no writes',
          mend: ['REDIS_URL of the primary'],
        }
      : { name: 'role', verdict: 'fine', says: 'primary' },
    ...(cluster
      ? [
          {
            name: 'cluster',
            verdict: 'mend',
            says: 'a Redis Cluster: keys of one script must lie in one slot, and these do not',
            mend: ['REDIS_URL of a Redis that is no cluster'],
          } as const,
        ]
      : []),
  ];
}

async function clockCheck(redis: Redis): Promise<Found> {
  const sentAt = Date.now();
  const [seconds, micros] = await redis.time();
  const theirs = Number(seconds) * 1000 + Number(micros) / 1000;
  return clockFinding({ name: 'clock', sentAt, receivedAt: Date.now(), theirs });
}
