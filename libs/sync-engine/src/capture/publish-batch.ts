import { captureChanges, type CapturePosition, type ChangeBatch } from '@redis-mongo-sync/sync-core';
import type { CaptureFlowOptions } from './capture-options.js';

/** The stored position is not the one that this capture wrote last. */
export class PositionMovedError extends Error {
  override readonly name = 'PositionMovedError';
  override readonly message =
    'the capture position was moved, or removed, by another process: starting over from it';
}

export interface Publication extends Partial<Pick<ChangeBatch, 'changes' | 'changedAt'>> {
  /** The position that must be stored; null: none. */
  readonly expected: CapturePosition | null;
  /** The position behind these changes. */
  readonly next: CapturePosition;
}

/**
 * Publishes what the changes say together with the position behind them.
 *
 * @throws PositionMovedError when another process has moved the position; nothing is published then
 */
export async function publishBatch(
  { expected, next, changes = [], changedAt }: Publication,
  to: Pick<CaptureFlowOptions, 'journal' | 'authority' | 'unsyncable' | 'observer'>,
): Promise<CapturePosition> {
  const result = await captureChanges({ changes, expected, next }, to);
  if (result.outcome === 'fenced') throw new PositionMovedError();
  to.observer.published(result.events, changedAt);
  return next;
}
