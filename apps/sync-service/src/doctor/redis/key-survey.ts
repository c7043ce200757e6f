import { scanFraction } from '@redis-mongo-sync/sync-adapters';
import {
  InvalidKeyError,
  isJsonObject,
  parseRecord,
  type EntityDefinition,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { CheckContext } from '../check-context.js';
import { EXAMPLES } from '../finding.js';
import { shownName } from '../shown.js';

/** What lies under a key of the entity's pattern. */
export type KeySight = 'record' | 'cache' | 'beside' | 'json' | 'text' | 'hash' | 'other' | 'large';

export interface KeyTally {
  count: number;
  readonly examples: string[];
}

export interface KeySurvey {
  /** Keys of the pattern that were looked at. */
  readonly looked: number;
  /** How much of the key space was scanned, 0 to 1. */
  readonly fraction: number;
  readonly sights: ReadonlyMap<KeySight, KeyTally>;
}

const PAGE = 1_000;
const MAX_TEXT_BYTES = 2 ** 20;
const OBJECT_ID = /^[\da-f]{24}$/;
/** The head of a record that the next version of the product writes. */
const STAMPED = /^\{"_sync":\{"version":\d+,"source":"(mongo|redis)"/;

/** Looks at all keys where records of the entity lie, a page at a time. */
export async function surveyKeys(context: CheckContext): Promise<KeySurvey> {
  const { redis, entity, effort, signal } = context;
  const [before = '', behind = ''] = entity.keyTemplate.split('{key}');
  const pattern = `${escapeGlob(before)}*${escapeGlob(behind)}`;
  const sights = new Map<KeySight, KeyTally>();
  let [cursor, looked, scanned] = ['0', 0, 0];
  do {
    const [next, names] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', PAGE);
    cursor = next;
    scanned += PAGE;
    const seen = await sightsOf(redis, entity, names);
    for (const [index, sight] of seen.entries()) note(sights, sight, shownName(names[index] ?? '', before));
    looked += names.length;
    context.progress('keys in Redis', looked, null);
  } while (cursor !== '0' && !signal.aborted && scanned < effort.keys);
  return { looked, fraction: scanFraction(cursor), sights };
}

function note(sights: Map<KeySight, KeyTally>, sight: KeySight, example: string): void {
  const tally = sights.get(sight) ?? { count: 0, examples: [] };
  tally.count += 1;
  if (tally.examples.length < EXAMPLES) tally.examples.push(example);
  sights.set(sight, tally);
}

async function sightsOf(
  redis: Redis,
  entity: EntityDefinition,
  names: readonly string[],
): Promise<KeySight[]> {
  if (names.length === 0) return [];
  const types = await replies(redis, names, (pipeline, name) => pipeline.type(name));
  const sizes = await replies(redis, names, (pipeline, name) => pipeline.strlen(name));
  const short = names.filter(
    (_, index) => types[index] === 'string' && Number(sizes[index]) <= MAX_TEXT_BYTES,
  );
  const texts = new Map(short.map((name, index) => [name, index]));
  const values = short.length === 0 ? [] : await redis.mget([...short]);
  return names.map((name, index) =>
    sightOf(entity, { name, type: String(types[index]), text: values[texts.get(name) ?? -1] ?? null }),
  );
}

/** One reply per name; null where Redis answered with an error. */
async function replies(
  redis: Redis,
  names: readonly string[],
  queue: (pipeline: ReturnType<Redis['pipeline']>, name: string) => unknown,
): Promise<unknown[]> {
  const pipeline = redis.pipeline();
  for (const name of names) queue(pipeline, name);
  return ((await pipeline.exec()) ?? []).map(([, reply]) => reply ?? null);
}

interface Place {
  readonly name: string;
  readonly type: string;
  /** Null: not a string, or a very long one. */
  readonly text: string | null;
}

/** Pure. */
export function sightOf(entity: EntityDefinition, { name, type, text }: Place): KeySight {
  if (text !== null && (STAMPED.test(text) || parseRecord(text)?.payload != null)) return 'record';
  const [before = '', behind = ''] = entity.keyTemplate.split('{key}');
  const key = name.slice(before.length, name.length - behind.length);
  if (entity.cacheKeyTemplate && OBJECT_ID.test(key)) return 'cache';
  if (!isUsable(entity, key)) return 'beside';
  if (type === 'hash') return 'hash';
  if (type !== 'string') return 'other';
  if (text === null) return 'large';
  return isObjectText(text) ? 'json' : 'text';
}

function isUsable(entity: EntityDefinition, key: string): boolean {
  try {
    return entity.normalizeKey(key) === key;
  } catch (error) {
    if (error instanceof InvalidKeyError) return false;
    throw error;
  }
}

function isObjectText(text: string): boolean {
  try {
    return isJsonObject(JSON.parse(text));
  } catch {
    return false;
  }
}

function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\^]/g, '\\$&');
}
