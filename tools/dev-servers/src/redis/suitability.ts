import type { RedisProbe } from './probe-redis.js';

type Suitability =
  | { readonly suits: true; readonly warnings: readonly string[] }
  | { readonly suits: false; readonly reason: string };

/** Whether streams and tombstones are safe in this Redis. One that evicts any key at will is none for them. */
export function judgeRedis(probe: Extract<RedisProbe, { answers: true }>): Suitability {
  if (probe.maxmemoryPolicy.startsWith('allkeys-')) {
    return {
      suits: false,
      reason: `it evicts keys at will (maxmemory-policy ${probe.maxmemoryPolicy}), streams included; set noeviction`,
    };
  }
  const warnings = [
    ...persistenceWarnings(probe.appendOnly),
    ...(probe.foreignKeys > 0
      ? [
          `Redis holds ${probe.foreignKeys} keys already; is it another program's? Set REDIS_URL to use another.`,
        ]
      : []),
  ];
  return { suits: true, warnings };
}

function persistenceWarnings(appendOnly: boolean | undefined): string[] {
  if (appendOnly === undefined)
    return ['Redis does not tell how it is configured: see to noeviction and an append-only file.'];
  if (appendOnly) return [];
  return ['Redis keeps no append-only file: a restart of it loses data (appendonly yes).'];
}
