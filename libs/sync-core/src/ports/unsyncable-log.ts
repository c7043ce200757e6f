import type { EntityDefinition } from '../domain/entity.js';
import type { UnsyncableReason } from '../domain/record-key.js';

export interface UnsyncableDocument {
  readonly entity: EntityDefinition;
  /** Canonical Extended JSON of its `_id`. */
  readonly id: string;
  readonly reason: UnsyncableReason;
}

/**
 * The list of documents that are not synced, and why: for metrics, health and a person. Two captures may overlap for a
 * moment, and the slower one speaks of an older state: who has changed the list looks at the documents again.
 *
 * Not its job: deciding that, retrying.
 */
export interface UnsyncableLog {
  /** Resolves when they are on the list. Noting one again changes its reason only. */
  note(documents: readonly UnsyncableDocument[]): Promise<void>;
  /** Takes documents off the list, if they are on it: they are synced now, or gone. */
  strike(documents: readonly Omit<UnsyncableDocument, 'reason'>[]): Promise<void>;
}
