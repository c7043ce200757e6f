import {
  formatEvent,
  isJsonObject,
  SpoiledPositionError,
  type CaptureJournal,
  type CapturePosition,
  type ChangeEvent,
  type EntityDefinition,
  type KnownVersions,
  type Publication,
  type PublishResult,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { inFlightField, KEYS } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import { SCRIPTS } from './scripts.js';

const DEFAULT_MAX_SKEW_MS = 60_000;

/** Publishes captured changes with `publish-captured.lua`: events and position in one step. */
export class RedisCaptureJournal implements CaptureJournal {
  constructor(
    private readonly redis: Redis,
    /** A version that lies further ahead of Redis's clock is published, and is not in flight. */
    private readonly maxSkewMs = DEFAULT_MAX_SKEW_MS,
  ) {}

  async position(): Promise<CapturePosition | null> {
    const type = await withRedisErrors(() => this.redis.type(KEYS.capturePosition));
    if (type === 'none') return null;
    const text = type === 'string' ? await withRedisErrors(() => this.redis.get(KEYS.capturePosition)) : '';
    if (text === null) return null;
    const position = parsePosition(text);
    if (position) return position;
    await withRedisErrors(() => this.redis.rename(KEYS.capturePosition, KEYS.spoiledPosition));
    throw new SpoiledPositionError(
      `${KEYS.capturePosition} held no position (${type}); publishing everything again`,
    );
  }

  async publish({ expected, next, events }: Publication): Promise<PublishResult> {
    const from = expected === null ? '' : positionText(expected);
    return this.append(from, positionText(next), events);
  }

  async reEmit(events: readonly ChangeEvent[]): Promise<void> {
    await this.append('*', '', events);
  }

  private async append(
    expected: string,
    next: string,
    events: readonly ChangeEvent[],
  ): Promise<PublishResult> {
    const keys = [
      KEYS.stream('mongo-to-redis'),
      KEYS.capturePosition,
      KEYS.inFlight('mongo-to-redis'),
      KEYS.ledger('mongo-to-redis'),
    ];
    const args = [expected, next, String(this.maxSkewMs)];
    for (const event of events) {
      args.push(inFlightField(event.entity, event.key), String(event.version), formatEvent(event));
    }
    return withRedisErrors(() => SCRIPTS.publishCaptured.run(this.redis, keys, args));
  }

  async known(entity: EntityDefinition, records: readonly string[]): Promise<readonly KnownVersions[]> {
    if (records.length === 0) return [];
    const keys = [KEYS.inFlight('mongo-to-redis')];
    for (const key of records) keys.push(KEYS.record(entity, key), KEYS.tombstone(entity, key));
    const fields = records.map((key) => inFlightField(entity.name, key));
    return withRedisErrors(() => SCRIPTS.readKnownVersions.run(this.redis, keys, fields));
  }
}

/** `null` for a text that {@link positionText} has not made. */
function parsePosition(text: string): CapturePosition | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(value) || typeof value.feed !== 'string') return null;
  const { feed, snapshot } = value;
  if (snapshot === undefined) return { feed };
  if (!isJsonObject(snapshot) || typeof snapshot.entity !== 'string') return null;
  const { entity, afterId } = snapshot;
  if (afterId !== null && typeof afterId !== 'string') return null;
  return { feed, snapshot: { entity, afterId } };
}

/** One text per position, whatever the order of its members. */
function positionText({ feed, snapshot }: CapturePosition): string {
  if (!snapshot) return JSON.stringify({ feed });
  return JSON.stringify({ feed, snapshot: { entity: snapshot.entity, afterId: snapshot.afterId } });
}
