import { updatedAtOf } from './version.js';

/** The store whose client wrote a record. */
export type Source = 'mongo' | 'redis';

/** Who wrote a record, and when. The higher version wins; of equal ones, Mongo's. */
export interface Stamp {
  readonly version: number;
  readonly source: Source;
}

/** A stamp as it stands in documents, conflicts and answers. */
export function stampFields({ version, source }: Stamp): Stamp & { readonly updatedAt: number } {
  return { version, source, updatedAt: updatedAtOf(version) };
}

export function isSource(value: unknown): value is Source {
  return value === 'mongo' || value === 'redis';
}
