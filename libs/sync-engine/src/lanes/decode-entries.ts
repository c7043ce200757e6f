import { fieldOf, type StreamEntry } from '@redis-mongo-sync/redis-streams';
import {
  EVENT_FIELD,
  MalformedEventError,
  parseEvent,
  skewMs,
  type ChangeDelivery,
  type EntityDefinition,
} from '@redis-mongo-sync/sync-core';

export interface DecodeOptions {
  readonly entities: ReadonlyMap<string, EntityDefinition>;
  /** A version further ahead of the local clock than this is not applied, ms. */
  readonly maxSkewMs: number;
  readonly nowMs: number;
}

interface DecodedEntries {
  /** By entity, in stream order. */
  readonly deliveries: ReadonlyMap<EntityDefinition, readonly ChangeDelivery[]>;
  /** Entries that can never be applied; retrying cannot help. */
  readonly unusable: readonly { readonly id: string; readonly error: Error }[];
  /** The furthest that any version lies ahead of the local clock, ms. */
  readonly largestSkewMs: number;
}

/** Its version claims a time that has not come: applying it would make every honest write lose for as long. */
export class ClockSkewError extends Error {
  override readonly name = 'ClockSkewError';
}

/** The edge of the consumer: whatever stands in a stream entry is checked here, and only here. */
export function decodeEntries(entries: readonly StreamEntry[], options: DecodeOptions): DecodedEntries {
  const deliveries = new Map<EntityDefinition, ChangeDelivery[]>();
  const unusable: { id: string; error: Error }[] = [];
  let largestSkewMs = 0;
  for (const entry of entries) {
    try {
      const event = parseEvent(fieldOf(entry, EVENT_FIELD) ?? '');
      const entity = options.entities.get(event.entity);
      if (!entity) throw new MalformedEventError(`entity ${JSON.stringify(event.entity)} is not configured`);
      const ahead = skewMs(event.version, options.nowMs);
      largestSkewMs = Math.max(largestSkewMs, ahead);
      if (ahead > options.maxSkewMs)
        throw new ClockSkewError(`clock-skew: the version lies ${ahead} ms ahead`);
      const group = deliveries.get(entity);
      if (group) group.push({ entryId: entry.id, event });
      else deliveries.set(entity, [{ entryId: entry.id, event }]);
    } catch (error) {
      unusable.push({ id: entry.id, error: error instanceof Error ? error : new Error(String(error)) });
    }
  }
  return { deliveries, unusable, largestSkewMs };
}
