/** The store whose client wrote a record. */
export type Source = 'mongo' | 'redis';

/** Who wrote a record, and when: what Last-Write-Wins compares. */
export interface Stamp {
  readonly version: number;
  readonly source: Source;
}

/**
 * The total order of Last-Write-Wins: the higher version wins; equal versions prefer Mongo.
 *
 * @returns negative when `a` loses to `b`, positive when it wins, 0 when they are the same stamp
 */
export function compareStamps(a: Stamp, b: Stamp): number {
  if (a.version !== b.version) return a.version - b.version;
  if (a.source === b.source) return 0;
  return a.source === 'mongo' ? 1 : -1;
}

export function isSource(value: unknown): value is Source {
  return value === 'mongo' || value === 'redis';
}
