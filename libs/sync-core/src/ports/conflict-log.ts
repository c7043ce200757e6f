import type { Conflict } from '../domain/conflict.js';

/**
 * Where losing versions are kept for a person.
 *
 * Not its job: deciding what a conflict is, retrying.
 */
export interface ConflictLog {
  /**
   * Resolves when the conflicts are durable. Keeping the same one again changes nothing: `conflictIdOf` tells.
   *
   * @throws StoreUnavailableError
   */
  keep(conflicts: readonly Conflict[]): Promise<void>;
}
