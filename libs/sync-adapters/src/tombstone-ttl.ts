/** How long tombstones are kept by default, ms: longer than the longest outage after which a stale write may return. */
export const DEFAULT_TOMBSTONE_TTL_MS = 7 * 24 * 60 * 60 * 1000;
