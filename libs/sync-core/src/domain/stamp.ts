/** The store whose client wrote a record. */
export type Source = 'mongo' | 'redis';

/** Who wrote a record, and when. The higher version wins; of equal ones, Mongo's. */
export interface Stamp {
  readonly version: number;
  readonly source: Source;
}

export function isSource(value: unknown): value is Source {
  return value === 'mongo' || value === 'redis';
}
