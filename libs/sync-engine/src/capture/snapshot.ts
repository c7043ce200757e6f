import type { Clock } from '@redis-mongo-sync/redis-streams';
import type { CapturePosition } from '@redis-mongo-sync/sync-core';
import type { CaptureFlowOptions } from './capture-options.js';
import type { Publication } from './publish-batch.js';
import { SnapshotProgress, type SnapshotReason } from './snapshot-progress.js';

interface SnapshotRun extends Pick<CaptureFlowOptions, 'entities' | 'feed' | 'estimate' | 'observer'> {
  readonly reason: SnapshotReason;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Resolves when a page may be published: the lease is held, the stream has room. */
  readonly ready: () => Promise<void>;
  readonly publish: (publication: Publication) => Promise<CapturePosition>;
}

/**
 * Publishes all documents, entity by entity. The position says how far, so that a restart goes on from there. Returns
 * the position behind what was published; it holds no `snapshot` when all was.
 */
export async function takeSnapshot(from: CapturePosition, run: SnapshotRun): Promise<CapturePosition> {
  const { entities, feed, estimate, observer, clock, signal, ready, publish } = run;
  const progress = new SnapshotProgress(run.reason, clock.now());
  let position = from;
  const start = Math.max(0, entities.map(({ name }) => name).indexOf(from.snapshot?.entity ?? ''));
  for (const entity of entities.slice(start)) {
    const afterId = position.snapshot?.entity === entity.name ? position.snapshot.afterId : null;
    progress.enter(entity.name, (await estimate?.(entity, afterId)) ?? null);
    for await (const page of feed.snapshot(entity, afterId)) {
      if (signal.aborted) return position;
      await ready();
      const next = { feed: position.feed, snapshot: { entity: entity.name, afterId: page.afterId } };
      position = await publish({ expected: position, next, changes: page.changes });
      progress.advance(page.changes.length);
      observer.snapshot?.(progress.status(clock.now()));
    }
  }
  const end = await publish({ expected: position, next: { feed: position.feed } });
  observer.snapshot?.(null);
  return end;
}
