import type { Doubt, RedisDoubts } from '@redis-mongo-sync/sync-adapters';
import {
  isSetBack,
  type CaptureJournal,
  type EntityDefinition,
  type MongoAuthority,
  type ProjectionTarget,
} from '@redis-mongo-sync/sync-core';

export interface DoubtsRepairOptions {
  readonly entities: readonly EntityDefinition[];
  readonly doubts: Pick<RedisDoubts, 'read' | 'landed' | 'remove'>;
  readonly journal: Pick<CaptureJournal, 'known'>;
  readonly authority: Pick<MongoAuthority, 'current'>;
  readonly projections: Pick<ProjectionTarget, 'reEmitAnew'>;
}

const PAGE = 500;
/** Bounds what a round costs; the next one goes on where it ended. */
const MAX_PAGES = 10;

/**
 * An older image from Mongo is settled at once while a newer Redis write is in flight to Mongo: as a rule it is the
 * echo of the write before. But that newer write may have arrived already, not settled yet, and an outsider may have
 * put an older state over it; that write would never be re-emitted. So each such image leaves a doubt, and when nothing
 * of the record is in flight any more, this looks at Mongo. (A look before that would not tell a write that has yet to
 * arrive from one that was overwritten.)
 *
 * A doubt goes only after what it asked for was done, so a crash repeats the look. Whatever happens to Mongo after the
 * look has an image of its own, and thereby a doubt of its own, of a higher version.
 */
export class DoubtsRepair {
  private cursor = '0';

  constructor(private readonly options: DoubtsRepairOptions) {}

  /** Returns how many records Redis had to re-emit. */
  async run(): Promise<number> {
    let reEmitted = 0;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { doubts, next } = await this.options.doubts.read(this.cursor, PAGE);
      for (const entity of this.options.entities) {
        reEmitted += await this.resolve(
          entity,
          doubts.filter((doubt) => doubt.entity === entity.name),
        );
      }
      this.cursor = next;
      if (next === '0') break;
    }
    return reEmitted;
  }

  /**
   * The order matters: what Redis held before it was seen that nothing is in flight had been in Mongo by then, so a
   * lower version found there afterwards was put back by an outsider.
   */
  private async resolve(entity: EntityDefinition, doubts: readonly Doubt[]): Promise<number> {
    if (doubts.length === 0) return 0;
    const known = await this.options.journal.known(
      entity,
      doubts.map(({ key }) => key),
    );
    const held = new Map(doubts.map(({ key }, index) => [key, known[index]?.held ?? 0]));
    const landed = await this.options.doubts.landed(doubts);
    if (landed.length === 0) return 0;
    const current = await this.options.authority.current(
      entity,
      landed.map(({ key }) => key),
    );
    let reEmitted = 0;
    for (const { key } of landed) {
      const version = held.get(key) ?? 0;
      const image = current.get(key);
      if (!image || !isSetBack(image, version)) continue; // a document that is gone is for capture to bury
      await this.options.projections.reEmitAnew(entity, key, version);
      reEmitted += 1;
    }
    await this.options.doubts.remove(landed);
    return reEmitted;
  }
}
