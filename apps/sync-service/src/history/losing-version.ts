import { isSource, isVersion, type Source } from '@redis-mongo-sync/sync-core';

interface LosingVersion {
  readonly version: number;
  readonly source: Source;
}

/** Reads `<version>-<source>`; `null` when it is no such thing. */
export function losingVersionOf(id: string): LosingVersion | null {
  const [, version = '', source] = /^(\d{1,16})-([a-z]{5})$/.exec(id) ?? [];
  return isVersion(Number(version)) && isSource(source) ? { version: Number(version), source } : null;
}
