import type { ChangeEvent } from '../domain/change-event.js';
import { isSetBack } from '../domain/decide-into-mongo.js';
import { decideTie, tiedFields } from '../domain/decide-tie.js';
import type { EntityDefinition } from '../domain/entity.js';
import { eventFromImage, type MongoImage } from '../domain/mongo-image.js';
import type { Stamp } from '../domain/stamp.js';
import type {
  ChangeDelivery,
  HeldText,
  ProjectionResult,
  ProjectionTarget,
  SettledDelivery,
  TieWrite,
} from '../ports/apply-targets.js';
import { stampAbove, type StampStores } from './stamp-above.js';

export interface ApplyToRedisStores extends StampStores {
  readonly projections: ProjectionTarget;
}

/**
 * Mongo → Redis. One atomic script compares, writes and settles the batch; what it leaves open needs a look at Mongo:
 * a `stale` image may mean that Mongo was set back, a `merge` that an outsider changed Mongo without moving the version.
 *
 * Nothing is acknowledged before its consequences are in place, so a crash anywhere repeats the step.
 *
 * A stale image is no conflict here: the newer version in Redis came from Mongo, or goes there and is compared there.
 */
export async function applyToRedis(
  entity: EntityDefinition,
  deliveries: readonly ChangeDelivery[],
  stores: ApplyToRedisStores,
): Promise<void> {
  const results = await stores.projections.apply(entity, deliveries);
  const open = new OpenEnds(entity, stores);
  for (const [index, delivery] of deliveries.entries()) {
    const result = results[index];
    if (!result) throw new Error(`no result for stream entry ${delivery.entryId}`);
    open.note(delivery, result);
  }
  await open.close();
}

/** The deliveries of a batch that the script could not settle by itself. */
class OpenEnds {
  private readonly stale: { delivery: ChangeDelivery; winner: Stamp }[] = [];
  private readonly ties: Tie[] = [];

  constructor(
    private readonly entity: EntityDefinition,
    private readonly stores: ApplyToRedisStores,
  ) {}

  note(delivery: ChangeDelivery, result: ProjectionResult): void {
    if (result.settled) return;
    if (result.decision === 'stale') this.stale.push({ delivery, winner: result.winner });
    else this.ties.push({ delivery, held: result.held });
  }

  async close(): Promise<void> {
    if (this.stale.length === 0 && this.ties.length === 0) return;
    const settlements = [...(await this.closeStale()), ...(await this.closeTies())];
    await this.stores.projections.settle(settlements);
  }

  /**
   * Where Mongo's current version is below Redis's settled one, or Mongo has nothing at all, Mongo was set back: Redis
   * re-emits its record.
   */
  private async closeStale(): Promise<SettledDelivery[]> {
    if (this.stale.length === 0) return [];
    const keys = this.stale.map(({ delivery }) => delivery.event.key);
    const current = await this.stores.authority.current(this.entity, keys);
    for (const { delivery, winner } of this.stale) {
      if (isSetBack(current.get(delivery.event.key) ?? null, winner.version)) {
        await this.stores.projections.reEmitAnew(this.entity, delivery.event.key, winner.version);
      }
    }
    return this.stale.map(({ delivery }) => ({ delivery, outcome: 'stale' }));
  }

  /**
   * Same version, other content: Mongo's present image decides. It is written over the text that was compared with it; if
   * Redis holds another one by then, both are looked at again.
   */
  private async closeTies(): Promise<SettledDelivery[]> {
    const settlements: SettledDelivery[] = [];
    let ties: readonly Tie[] = this.ties;
    for (let lap = 0; ties.length > 0 && lap < MAX_LAPS; lap++) {
      const keys = ties.map(({ delivery }) => delivery.event.key);
      const current = await this.stores.authority.current(this.entity, keys);
      const writes: TieWrite[] = [];
      for (const { delivery, held } of ties) {
        const fresh = await this.resolveTie(delivery.event, held, current.get(delivery.event.key));
        if (fresh) writes.push({ entryId: delivery.entryId, event: fresh, over: held.text });
        else settlements.push({ delivery, outcome: 'superseded' });
      }
      ties = await this.write(writes, settlements);
    }
    return settlements; // what is still tied stays pending, and is looked at again when it is redelivered
  }

  /** The event to write; null when a newer one is in flight, or will be. */
  private async resolveTie(
    event: ChangeEvent,
    held: HeldText,
    image: MongoImage | undefined,
  ): Promise<ChangeEvent | null> {
    const decision = decideTie(this.entity, held, image);
    if (decision === 'wait') return null;
    if (!image) return event;
    if (decision === 'write') return eventFromImage(this.entity, image, event.version);
    const { id, key, version } = image;
    if (id === null) return null;
    const fields = tiedFields(this.entity, held, image);
    const record = { entity: this.entity, id, key, seen: version, ...(fields ? { fields } : {}) };
    await stampAbove([record], this.stores);
    return null;
  }

  /** What is tied again: Redis held another text by then. */
  private async write(writes: readonly TieWrite[], settlements: SettledDelivery[]): Promise<Tie[]> {
    if (writes.length === 0) return [];
    const results = await this.stores.projections.applyOver(this.entity, writes);
    const again: Tie[] = [];
    for (const [index, delivery] of writes.entries()) {
      const result = results[index];
      if (result?.decision === 'merge') again.push({ delivery, held: result.held });
      else if (result?.settled === false) settlements.push({ delivery, outcome: 'stale' });
    }
    return again;
  }
}

interface Tie {
  readonly delivery: ChangeDelivery;
  readonly held: HeldText;
}

/** In each lap another image of the same version came between. */
const MAX_LAPS = 16;
