import { EVENT_FIELD, eventIdOf, peekEvent, type Direction } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { inFlightField, KEYS } from './keys.js';
import { withRedisErrors } from './redis-errors.js';

export interface MissingEventsLimits {
  /** Records in flight that are looked at. */
  readonly maxRecords: number;
  /** Entries of the stream, and of its dead letters, that are read. */
  readonly maxEntries: number;
}

export interface MissingEvents {
  /** Event ids that are in flight by the in-flight hash, and are neither on the stream nor among its dead letters. */
  readonly eventIds: readonly string[];
  /** False: there was more to look at than the limits allow; there may be others. */
  readonly complete: boolean;
}

const LIMITS: MissingEventsLimits = { maxRecords: 50_000, maxEntries: 200_000 };
const CHUNK = 500;

/**
 * Names the events that are missing from a stream. The in-flight hash holds the newest unsettled
 * version of each record; an event that a newer version of its record has overtaken can't be named.
 *
 * Reads in chunks, while the sync goes on: what is settled meanwhile is noticed at the end.
 */
export class RedisMissingEvents {
  constructor(
    private readonly redis: Redis,
    private readonly limits: MissingEventsLimits = LIMITS,
  ) {}

  async find(direction: Direction): Promise<MissingEvents> {
    return withRedisErrors(async () => {
      const { inFlight, complete } = await this.readInFlight(direction);
      for (const stream of [KEYS.stream(direction), KEYS.deadLetters(direction)]) {
        if (!(await this.strikeOut(stream, inFlight))) return { eventIds: [], complete: false };
      }
      return { eventIds: await this.stillInFlight(direction, inFlight), complete };
    });
  }

  private async readInFlight(direction: Direction): Promise<{ inFlight: InFlight; complete: boolean }> {
    const inFlight: InFlight = new Map();
    let cursor = '0';
    do {
      const [next, rows] = await this.redis.hscan(KEYS.inFlight(direction), cursor, 'COUNT', CHUNK);
      for (let index = 0; index < rows.length; index += 2)
        inFlight.set(rows[index] ?? '', versionIn(rows[index + 1]));
      cursor = next;
    } while (cursor !== '0' && inFlight.size < this.limits.maxRecords);
    return { inFlight, complete: cursor === '0' };
  }

  /** Takes out what stands in the stream. False when the stream is too long to be read. */
  private async strikeOut(stream: string, inFlight: InFlight): Promise<boolean> {
    let from = '-';
    for (let read = 0; inFlight.size > 0;) {
      const page = await this.redis.xrange(stream, from, '+', 'COUNT', CHUNK);
      for (const [, fields] of page) {
        const found = headOf(fields);
        if (found && inFlight.get(found.field) === found.version) inFlight.delete(found.field);
      }
      const last = page.at(-1);
      if (!last || page.length < CHUNK) return true;
      from = `(${last[0]}`;
      read += page.length;
      if (read >= this.limits.maxEntries) return false;
    }
    return true;
  }

  private async stillInFlight(direction: Direction, missing: InFlight): Promise<string[]> {
    const fields = [...missing.keys()];
    const eventIds: string[] = [];
    for (let from = 0; from < fields.length; from += CHUNK) {
      const chunk = fields.slice(from, from + CHUNK);
      const now = await this.redis.hmget(KEYS.inFlight(direction), ...chunk);
      for (const [index, field] of chunk.entries()) {
        const version = versionIn(now[index]);
        if (version !== 0 && version === missing.get(field)) eventIds.push(idOf(direction, field, version));
      }
    }
    return eventIds.sort();
  }
}

/** In-flight field → version. */
type InFlight = Map<string, number>;

function versionIn(text: string | null | undefined): number {
  return text ? Number.parseInt(text, 10) : 0;
}

function idOf(direction: Direction, field: string, version: number): string {
  const key = field.slice(field.indexOf(':') + 1);
  return eventIdOf(direction === 'redis-to-mongo' ? 'redis' : 'mongo', key, version);
}

/** The record and version of an entry; `null` when it is none of ours. */
function headOf(fields: readonly string[]): { field: string; version: number } | null {
  const event = peekEvent(fields[fields.lastIndexOf(EVENT_FIELD) + 1] ?? '');
  return event && { field: inFlightField(event.entity, event.key), version: event.version };
}
