import type { UUID } from 'bson';
import type { UpdateDescription } from '../update/index.js';
import type { Document } from '../values/index.js';
import type { CollectionName, CollectionOptions } from './collection.js';
import type { IndexSpec } from './index-spec.js';

/** The collection a change belongs to. */
export interface Target {
  at: CollectionName;
  uuid: UUID;
}

/**
 * Everything that can happen to the data, in a form that can be applied again: the unit of the log, of
 * undoing and of change streams. `key` is the key string of `_id` (not logged, but computed again).
 */
export type Change =
  | (Target & { op: 'insert'; key: string; doc: Document })
  | (Target & {
      op: 'update';
      key: string;
      doc: Document;
      /** Absent for a replacement. */
      description?: UpdateDescription;
      pre?: Document;
    })
  | (Target & { op: 'delete'; key: string; id: unknown; pre?: Document })
  | (Target & { op: 'create'; options: CollectionOptions })
  | (Target & { op: 'drop' })
  | (Target & { op: 'rename'; to: CollectionName; dropTarget?: UUID })
  | (Target & { op: 'createIndexes'; indexes: readonly IndexSpec[] })
  | (Target & { op: 'dropIndexes'; indexes: readonly IndexSpec[] })
  | (Target & { op: 'modify'; options: CollectionOptions; index?: IndexSpec; request: Document })
  | { op: 'dropDatabase'; db: string }
  | { op: 'noop'; message: string };

export function databaseOf(change: Change): string {
  switch (change.op) {
    case 'dropDatabase':
      return change.db;
    case 'noop':
      return '';
    default:
      return change.at.db;
  }
}
