import type { JsonObject } from './json.js';
import type { Stamp } from './stamp.js';

/** A living record as clients see it. `fields` holds the key field and the visible profile, no system fields. */
export interface SyncRecord extends Stamp {
  readonly key: string;
  readonly fields: JsonObject;
}

/** What a store knows of a key. */
export type RecordState =
  | { readonly state: 'live'; readonly record: SyncRecord }
  | { readonly state: 'deleted'; readonly stamp: Stamp }
  | { readonly state: 'absent' };

/** The version that a store knows of a key; 0 when it knows nothing. */
export function versionOf(state: RecordState): number {
  switch (state.state) {
    case 'live':
      return state.record.version;
    case 'deleted':
      return state.stamp.version;
    case 'absent':
      return 0;
  }
}
