import { errorText } from '@redis-mongo-sync/redis-streams';
import type { RedisLedgers } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS, StoreUnavailableError, SyncAlert, type Direction } from '@redis-mongo-sync/sync-core';
import type { EngineObserver } from '../status/engine-observer.js';
import type { DoubtsRepair } from './doubts-repair.js';
import type { LostStreamRepair } from './ledger/lost-stream-repair.js';

interface HousekeepingOptions {
  readonly ledgers: Pick<RedisLedgers, 'rotateProcessed'>;
  readonly repair: LostStreamRepair;
  readonly doubts: DoubtsRepair;
  readonly observer: EngineObserver;
}

const ROUND_MS = 2_000;
const PROCESSED_GENERATION = { maxAgeMs: 60 * 60 * 1000, maxMembers: 200_000 };

/**
 * What must be done from time to time: a new generation of `processed_events`, a look at the ledgers, and a look into
 * doubts. A ledger that does not balance in two rounds means that entries are missing on the stream; then the direction
 * is repaired.
 */
export class Housekeeping {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private stopped = true;
  private readonly wanted = new Set<Direction>();
  private readonly suspicious = new Map<Direction, number>();

  constructor(private readonly options: HousekeepingOptions) {}

  start(): void {
    this.stopped = false;
    this.schedule(ROUND_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  repairSoon(direction: Direction): void {
    this.wanted.add(direction);
    this.schedule(0);
  }

  async repairNow(direction: Direction): Promise<void> {
    this.options.observer.repaired(direction, await this.options.repair.run(direction));
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.round = this.round.then(() => this.work()).finally(() => this.schedule(ROUND_MS));
    }, delayMs);
    this.timer.unref();
  }

  private async work(): Promise<void> {
    try {
      await this.options.ledgers.rotateProcessed(PROCESSED_GENERATION);
      for (const direction of DIRECTIONS) {
        if (await this.isRepairDue(direction)) await this.repairNow(direction);
        this.wanted.delete(direction);
      }
      this.options.observer.setBack(await this.options.doubts.run());
    } catch (error) {
      // With a store down there is nothing to keep in order; the wishes stand until the next round.
      if (error instanceof StoreUnavailableError) return;
      this.options.observer.alert(SyncAlert.HousekeepingFailed, `housekeeping failed: ${errorText(error)}`);
    }
  }

  private async isRepairDue(direction: Direction): Promise<boolean> {
    if (this.wanted.has(direction)) return true;
    const missing = await this.options.repair.missing(direction);
    const before = this.suspicious.get(direction) ?? 0;
    this.suspicious.set(direction, missing);
    return missing !== 0 && missing === before;
  }
}
