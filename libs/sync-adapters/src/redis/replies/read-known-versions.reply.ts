import type { KnownVersions } from '@redis-mongo-sync/sync-core';

/** Two strings per record. */
export function parseReadKnownVersionsReply(raw: unknown): readonly KnownVersions[] {
  const versions = (raw as string[]).map(Number);
  return Array.from({ length: versions.length / 2 }, (_, index) => ({
    held: versions[2 * index] ?? 0,
    inFlight: versions[2 * index + 1] ?? 0,
  }));
}
