import {
  eventFromImage,
  type CaptureJournal,
  type Direction,
  type EntityDefinition,
  type MongoAuthority,
  type ProjectionTarget,
} from '@redis-mongo-sync/sync-core';
import { type RedisLedgers, type RedisInFlight } from '@redis-mongo-sync/sync-adapters';

export interface LostStreamRepairOptions {
  readonly entities: readonly EntityDefinition[];
  readonly inFlight: Pick<RedisInFlight, 'records' | 'size'>;
  readonly ledgers: Pick<RedisLedgers, 'read' | 'rebalance'>;
  readonly journal: Pick<CaptureJournal, 'reEmit'>;
  readonly authority: Pick<MongoAuthority, 'current'>;
  readonly projections: Pick<ProjectionTarget, 'reEmit'>;
}

export interface RepairReport {
  /** Entries that were missing on the stream. */
  readonly missing: number;
  /** Records that were re-emitted. */
  readonly reEmitted: number;
}

const CHUNK = 500;

/**
 * Repairs a direction whose stream or consumer group was deleted or trimmed behind our back. The in-flight hash, kept
 * in the same atomic steps as the stream, names every record with a change that was not settled; each is re-emitted
 * from its source, as it is now. Applying is by version, so emitting too much is harmless.
 */
export class LostStreamRepair {
  private readonly byName: ReadonlyMap<string, EntityDefinition>;

  constructor(private readonly options: LostStreamRepairOptions) {
    this.byName = new Map(options.entities.map((entity) => [entity.name, entity]));
  }

  /**
   * How many entries seem to be missing; 0: none. What is missing and what is delivered twice may cancel out in the ledger,
   * so where the stream holds nothing any more, nothing may be in flight either. (Dead letters stay in flight.)
   */
  async missing(direction: Direction): Promise<number> {
    const { missing, pending, unread, ledger } = await this.options.ledgers.read(direction);
    if (missing !== 0 || pending + unread > 0 || ledger.outcomes['dead-lettered'] > 0) return missing;
    return this.options.inFlight.size(direction);
  }

  async run(direction: Direction): Promise<RepairReport> {
    const { missing } = await this.options.ledgers.rebalance(direction);
    let reEmitted = 0;
    for await (const chunk of this.options.inFlight.records(direction, CHUNK)) {
      for (const [entityName, keys] of chunk) {
        const entity = this.byName.get(entityName);
        if (!entity) continue;
        reEmitted += keys.length;
        if (direction === 'mongo-to-redis') await this.reEmit(entity, keys);
        else for (const key of keys) await this.options.projections.reEmit(entity, key);
      }
    }
    return { missing: missing, reEmitted };
  }

  private async reEmit(entity: EntityDefinition, keys: readonly string[]): Promise<void> {
    const { authority, journal } = this.options;
    const images = await authority.current(entity, keys);
    const events = [...images.values()]
      .map((image) => image.version !== null && eventFromImage(entity, image, image.version))
      .filter((event) => event !== false);
    await journal.reEmit(events);
  }
}
