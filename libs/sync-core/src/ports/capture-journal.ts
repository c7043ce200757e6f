import type { ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';

/** How far capture has come. */
export interface CapturePosition {
  /** Of the change feed. */
  readonly feed: string;
  /** A snapshot under way: the entity it is at, and the last id that was published. */
  readonly snapshot?: { readonly entity: string; readonly afterId: string | null };
}

export interface Publication {
  /** The position as read or published before; `null` when there was none. */
  readonly expected: CapturePosition | null;
  readonly next: CapturePosition;
  readonly events: readonly ChangeEvent[];
}

/**
 * - `published`: the events are on `mongo_changes` and the position has moved, in one step;
 * - `fenced`: the position is not the expected one: another capture is at work, or Redis was wiped;
 * - `set-back`: some events, named by index, carry a lower version than one of the same record that is still in
 *   flight: Mongo was set back to an older state.
 * Nothing was written unless the outcome is `published`.
 */
export type PublishResult =
  | { readonly outcome: 'published' | 'fenced' }
  | { readonly outcome: 'set-back'; readonly indices: readonly number[] };

/** Where captured changes go, together with the position they reach. Kept in Redis, next to the stream. */
export interface CaptureJournal {
  /** @throws SpoiledPositionError once when what is there is no position; afterwards there is none */
  position(): Promise<CapturePosition | null>;
  /** Safe to repeat: the same publication is written once. */
  publish(publication: Publication): Promise<PublishResult>;
  /** Publishes events again without moving the position. Consumers compare versions, so too much is harmless. */
  reEmit(events: readonly ChangeEvent[]): Promise<void>;
  /** What Redis knows of these records' versions, in the order of the keys. */
  known(entity: EntityDefinition, keys: readonly string[]): Promise<readonly KnownVersions[]>;
}

/** Versions of one record in Redis; 0 where there is none. A stamp given to Mongo's record lies above both. */
export interface KnownVersions {
  /** Of the projection or the tombstone. */
  readonly held: number;
  /** The highest that is on `mongo_changes` and not settled yet. */
  readonly inFlight: number;
}

/** What stood in the place of the capture position was none. It has been moved out of the way. */
export class SpoiledPositionError extends Error {
  override readonly name = 'SpoiledPositionError';
}
