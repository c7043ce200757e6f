import { errorText } from '@redis-mongo-sync/redis-streams';
import { SpoiledPositionError, StoreUnavailableError, SyncAlert } from '@redis-mongo-sync/sync-core';
import { LeaseLostError } from './lease-keeper.js';
import { PositionMovedError } from './publish-batch.js';

/** What an error of capture is answered with, before it tries again. */
type CaptureFailure =
  | { readonly kind: 'deposed' }
  | { readonly kind: 'store-unavailable'; readonly reason: string }
  | { readonly kind: 'alert'; readonly code: SyncAlert; readonly message: string };

export function captureFailureOf(error: unknown): CaptureFailure {
  const message = errorText(error);
  if (error instanceof LeaseLostError) return { kind: 'deposed' };
  if (error instanceof StoreUnavailableError) return { kind: 'store-unavailable', reason: message };
  if (error instanceof PositionMovedError) return { kind: 'alert', code: SyncAlert.PositionMoved, message };
  if (error instanceof SpoiledPositionError)
    return { kind: 'alert', code: SyncAlert.PositionSpoiled, message };
  return {
    kind: 'alert',
    code: SyncAlert.CaptureFailed,
    message: `capture failed, trying again: ${message}`,
  };
}
