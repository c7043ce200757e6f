import { randomUUID } from 'node:crypto';
import {
  scanFraction,
  writeRecord,
  type ForeignRecords,
  type FoundKey,
} from '@redis-mongo-sync/sync-adapters';
import {
  eventFromImage,
  isSetBack,
  type CaptureJournal,
  type EntityDefinition,
  type MongoAuthority,
  type MongoImage,
  type ProjectionTarget,
  type RedisHolding,
  type RedisSide,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { adoptionOf } from './adoptable.js';
import type { BackfillSource, BackfillStep, LeftAlone } from './backfill.js';
import type { BackfillPosition } from './progress-store.js';

interface FromRedisOptions {
  readonly redis: Redis;
  readonly foreign: ForeignRecords;
  readonly side: Pick<RedisSide, 'holdings' | 'mendIndex'>;
  readonly journal: Pick<CaptureJournal, 'reEmit'>;
  readonly authority: Pick<MongoAuthority, 'current'>;
  readonly projections: Pick<ProjectionTarget, 'reEmitAnew'>;
  /** Which side stands where both have the record. */
  readonly prefer: 'mongo' | 'redis';
  readonly tombstoneTtlMs: number;
  readonly dryRun: boolean;
}

type Outcome = 'adopted' | 'overruled' | 'indexed' | 'emitted' | 'fine' | 'moved';

const PAGE = 500;

/**
 * Adopts what Redis held before the product came: what can become a record is written like a client's write – with a
 * version, and in flight to Mongo. Records of the product that the index lacks, or that Mongo never heard of, are
 * mended on the way. Safe to repeat: what was adopted is one of ours from then on.
 */
export class FromRedis implements BackfillSource {
  constructor(private readonly options: FromRedisOptions) {}

  epoch(): Promise<string> {
    return this.options.foreign.runId();
  }

  async *steps(entity: EntityDefinition, from: BackfillPosition | null): AsyncGenerator<BackfillStep> {
    const epoch = await this.epoch();
    let done = from?.done ?? 0;
    for await (const { cursor, found } of this.options.foreign.pages(entity, from?.cursor ?? '0', PAGE)) {
      const { counts, leftAlone } = await this.adopt(entity, found);
      done += found.length;
      yield {
        position: { cursor, done, epoch },
        records: found.length,
        counts,
        leftAlone,
        fraction: scanFraction(cursor),
      };
    }
  }

  private async adopt(
    entity: EntityDefinition,
    found: readonly FoundKey[],
  ): Promise<Pick<BackfillStep, 'counts' | 'leftAlone'>> {
    const keys = found.map(({ key }) => key);
    if (keys.length === 0) return { counts: {}, leftAlone: [] };
    const counts: Partial<Record<Outcome, number>> = {};
    const leftAlone: LeftAlone[] = [];
    const images = await this.options.authority.current(entity, keys);
    const strings = found.filter(({ value }) => value.type === 'string').map(({ key }) => key);
    const holdings = await this.options.side.holdings(entity, strings, 'versions');
    const held = new Map(strings.map((key, index) => [key, holdings[index]]));
    const work = found.map(async (one): Promise<void> => {
      const adoption = adoptionOf(entity, one.key, one.value);
      if (adoption.kind === 'leave') {
        leftAlone.push({ name: one.name, reason: adoption.reason });
        return;
      }
      const outcome =
        adoption.kind === 'ours'
          ? await this.mend(entity, one.key, { image: images.get(one.key), held: held.get(one.key) })
          : await this.take(entity, one, { image: images.get(one.key), payload: adoption.payload });
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    });
    await Promise.all(work);
    return { counts, leftAlone };
  }

  /** One of the product's own records. */
  private async mend(
    entity: EntityDefinition,
    key: string,
    { image, held }: { readonly image: MongoImage | undefined; readonly held: RedisHolding | undefined },
  ): Promise<Outcome> {
    if (held?.state !== 'live') return 'moved';
    const { dryRun, side, projections } = this.options;
    if (!held.indexed && !dryRun) await side.mendIndex(entity, [key]);
    if (isSetBack(image ?? null, held.version) && !held.inFlight) {
      if (!dryRun) await projections.reEmitAnew(entity, key, held.version);
      return 'emitted';
    }
    return held.indexed ? 'fine' : 'indexed';
  }

  private async take(
    entity: EntityDefinition,
    { key, value }: FoundKey,
    { image, payload }: { readonly image: MongoImage | undefined; readonly payload: string },
  ): Promise<Outcome> {
    const { dryRun, prefer, redis, foreign, side, journal, tombstoneTtlMs } = this.options;
    const overruled = image !== undefined && prefer === 'mongo';
    if (dryRun) return overruled ? 'overruled' : 'adopted';
    if (value.type === 'hash') {
      const hash = { fields: value.fields, text: JSON.stringify(value.fields) };
      if (!(await foreign.unwrapHash(entity, key, hash))) return 'moved';
    }
    if (overruled) {
      await side.mendIndex(entity, [key]);
      // A document without a version is stamped by capture, and comes by itself.
      if (image.version !== null) await journal.reEmit([eventFromImage(entity, image, image.version)]);
      return 'overruled';
    }
    // Version 0 is what the script makes of a text that is none of ours: nothing was written in between.
    const write = { key, payload, expected: 0, operationId: randomUUID(), tombstoneTtlMs };
    const { outcome } = await writeRecord(redis, entity, write);
    if (outcome === 'conflict') return 'moved';
    await side.mendIndex(entity, [key]);
    return 'adopted';
  }
}
