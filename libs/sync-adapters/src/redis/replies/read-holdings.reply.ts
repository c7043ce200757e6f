import type { RedisHolding } from '@redis-mongo-sync/sync-core';

type Row = [state: RedisHolding['state'], version: string, digest: string, indexed: 0 | 1, inFlight: 0 | 1];

export function parseReadHoldingsReply(raw: unknown): readonly RedisHolding[] {
  return (raw as Row[]).map(([state, version, digest, indexed, inFlight]) => ({
    state,
    version: Number(version),
    digest,
    indexed: indexed === 1,
    inFlight: inFlight === 1,
  }));
}
