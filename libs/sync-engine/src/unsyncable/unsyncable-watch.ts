import { SyncAlert, type EntityDefinition, type UnsyncableReason } from '@redis-mongo-sync/sync-core';

/** Documents that are not synced, by entity and reason; a reason that none has may be missing. */
export type UnsyncableCounts = Readonly<Record<string, Readonly<Partial<Record<UnsyncableReason, number>>>>>;

interface UnsyncableWatchOptions {
  readonly entities: readonly EntityDefinition[];
  readonly count: (entity: EntityDefinition) => Promise<UnsyncableCounts[string]>;
  readonly alert: (code: SyncAlert, message: string) => void;
  /** Whether this process is the one that tells; several would tell the same. Default: always. */
  readonly isOurs?: () => boolean;
  readonly now?: () => number;
}

const EVERY_MS = 5_000;
/** Documents may come onto the list one by one, for hours. */
const TELL_EVERY_MS = 10 * 60_000;

/** Looks from time to time at the list of documents that are not synced, and tells when it has grown. */
export class UnsyncableWatch {
  private timer: NodeJS.Timeout | undefined;
  private current: UnsyncableCounts | null = null;
  /** How many there were when it was told last, or fewer, where some have gone. */
  private told = 0;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: UnsyncableWatchOptions) {}

  /** As they were seconds ago; `null`: not known. */
  get counts(): UnsyncableCounts | null {
    return this.current;
  }

  start(): void {
    void this.look();
    this.timer = setInterval(() => void this.look(), EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Looks now. Never fails: what cannot be read is not known. */
  async look(): Promise<UnsyncableCounts | null> {
    try {
      const { entities, count } = this.options;
      const counted = entities.map(async (entity) => [entity.name, await count(entity)] as const);
      this.current = Object.fromEntries(await Promise.all(counted));
      this.tell(this.current);
    } catch {
      this.current = null;
    }
    return this.current;
  }

  private tell(counts: UnsyncableCounts): void {
    const total = totalOf(counts);
    const { isOurs, now = Date.now, alert } = this.options;
    if (total <= this.told || isOurs?.() === false) {
      this.told = Math.min(this.told, total);
      return;
    }
    if (now() - this.toldAt < TELL_EVERY_MS) return;
    this.told = total;
    this.toldAt = now();
    alert(
      SyncAlert.Unsyncable,
      `${total} ${total === 1 ? 'document is' : 'documents are'} not synced: ${textOf(counts)}`,
    );
  }
}

export function totalOf(counts: UnsyncableCounts): number {
  return Object.values(counts)
    .flatMap((reasons) => Object.values(reasons))
    .reduce((sum, count) => sum + count, 0);
}

function textOf(counts: UnsyncableCounts): string {
  return Object.entries(counts)
    .flatMap(([entity, reasons]) =>
      Object.entries(reasons)
        .filter(([, count]) => count > 0)
        .map(([reason, count]) => `${entity} ${reason} ${count}`),
    )
    .join(', ');
}
