import type { ChangeEvent } from '../domain/change-event.js';
import { decideIntoRedis } from '../domain/decide-into-redis.js';
import type { EntityDefinition } from '../domain/entity.js';
import { eventFromImage, type MongoImage } from '../domain/mongo-image.js';
import { updatedAtOf } from '../domain/version.js';

/**
 * How Redis differs from Mongo in one record:
 * - `missing`: Mongo has it, Redis knows nothing of it;
 * - `extra`: Redis has it, Mongo knows nothing of it;
 * - `older`, `newer`: Redis's version is the lower, the higher one;
 * - `different`: the same version, another content;
 * - `unstamped`: Mongo's document has no version, so nothing can be compared with it;
 * - `unindexed`: the record is there, the index of living keys does not name it;
 * - `dangling`: the index names a record that is not there.
 */
export const DIFFERENCE_KINDS = [
  'missing',
  'extra',
  'older',
  'newer',
  'different',
  'unstamped',
  'unindexed',
  'dangling',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** `versions`: two records of one version count as equal. `content`: their texts are compared as well. */
export type Depth = 'versions' | 'content';

/** What Redis holds under one key, read in one step. */
export interface RedisHolding {
  readonly state: 'live' | 'deleted' | 'absent';
  /** 0: there is none, or its text is not one of the product's. */
  readonly version: number;
  /** Of a living record, at depth `content`; empty otherwise. */
  readonly digest: string;
  /** The index of living keys names it. */
  readonly indexed: boolean;
  /** A change of it is under way, in either direction. */
  readonly inFlight: boolean;
}

export interface Difference {
  readonly key: string;
  readonly kind: DifferenceKind;
  /** `null`: no version; absent: no document. */
  readonly mongoVersion?: number | null;
  /** Absent: no record and no tombstone. */
  readonly redisVersion?: number;
}

export interface ComparisonRules {
  readonly entity: EntityDefinition;
  readonly depth: Depth;
  readonly nowMs: number;
  /** The digest that Redis computes over a record that shows this event. */
  readonly digestOf: (event: ChangeEvent) => string;
}

/** Compares what both sides hold of one record. Pure. Null: they agree. */
export function compareRecord(
  key: string,
  image: MongoImage | undefined,
  held: RedisHolding,
  rules: ComparisonRules,
): Difference | null {
  const kind = differenceBetween(image, held, rules);
  if (!kind) return null;
  return {
    key,
    kind,
    ...(image ? { mongoVersion: image.version } : {}),
    ...(held.state === 'absent' ? {} : { redisVersion: held.version }),
  };
}

function differenceBetween(
  image: MongoImage | undefined,
  held: RedisHolding,
  rules: ComparisonRules,
): DifferenceKind | null {
  if (!image) return held.state === 'live' ? 'extra' : indexFault(held);
  if (image.version === null) return 'unstamped';
  const event = eventFromImage(rules.entity, image, image.version);
  const shown = event.op === 'upsert';
  if (!shown && held.state !== 'live') return indexFault(held); // dead on both sides: versions of graves don't matter
  if (shown && held.state === 'absent') return isExpired(image.version, rules) ? null : 'missing';
  const digest = rules.depth === 'content' ? rules.digestOf(event) : held.digest;
  const incoming = { version: image.version, content: shown ? digest : null };
  const content = held.state === 'live' ? held.digest : null;
  switch (decideIntoRedis(incoming, { version: held.version, content })) {
    case 'apply':
      return 'older';
    case 'stale':
      return 'newer';
    case 'merge':
      return 'different';
    case 'same':
      return indexFault(held);
  }
}

function indexFault({ state, indexed }: RedisHolding): DifferenceKind | null {
  if (state === 'live') return indexed ? null : 'unindexed';
  return indexed ? 'dangling' : null;
}

/** Whether the projection may have gone by itself: its time to live counts from a write, never from an earlier one. */
function isExpired(version: number, { entity, nowMs }: ComparisonRules): boolean {
  return entity.ttlSeconds !== undefined && updatedAtOf(version) + entity.ttlSeconds * 1000 <= nowMs;
}
