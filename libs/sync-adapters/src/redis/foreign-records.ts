import { randomUUID } from 'node:crypto';
import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { KEYS } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import { readInfo } from './redis-safety.js';
import { SCRIPTS } from './scripts.js';

/** A key of an entity's pattern, and what it holds. */
export interface FoundKey {
  /** Of the record, cut out of the key's name. */
  readonly key: string;
  readonly name: string;
  readonly value:
    | { readonly type: 'string'; readonly text: string }
    | { readonly type: 'hash'; readonly fields: Readonly<Record<string, string>> }
    | { readonly type: 'other'; readonly name: string };
}

export interface FoundPage {
  /** SCAN cursor behind this page; `0` at the end. */
  readonly cursor: string;
  readonly found: readonly FoundKey[];
}

/** Name of a cache entry: an ObjectId in place of the record key. */
const OBJECT_ID = /^[\da-f]{24}$/;

/** Keys that lie where the records of an entity lie, written by the product or not. */
export class ForeignRecords {
  constructor(private readonly redis: Redis) {}

  /** SCAN cursors are valid for one run of the server. Another id each time when the server may not be asked. */
  async runId(): Promise<string> {
    const info = await readInfo(this.redis, ['server']);
    return /^run_id:(\w+)/m.exec(info ?? '')?.[1] ?? randomUUID();
  }

  async *pages(entity: EntityDefinition, from: string, limit: number): AsyncGenerator<FoundPage> {
    const [before = '', behind = ''] = entity.keyTemplate.split('{key}');
    const pattern = `${escapeGlob(before)}*${escapeGlob(behind)}`;
    let cursor = from;
    do {
      const [next, names] = await withRedisErrors(() =>
        this.redis.scan(cursor, 'MATCH', pattern, 'COUNT', limit),
      );
      cursor = next;
      const keys = [...new Set(names)].map((name) => ({
        name,
        key: name.slice(before.length, name.length - behind.length),
      }));
      const records = entity.cacheKeyTemplate ? keys.filter(({ key }) => !OBJECT_ID.test(key)) : keys;
      yield { cursor, found: await this.read(records) };
    } while (cursor !== '0');
  }

  /** Turns a hash into a JSON text, if it is still what was read. */
  async unwrapHash(
    entity: EntityDefinition,
    key: string,
    hash: { readonly fields: Readonly<Record<string, string>>; readonly text: string },
  ): Promise<boolean> {
    const args = [hash.text, ...Object.entries(hash.fields).flat()];
    return withRedisErrors(() => SCRIPTS.unwrapHash.run(this.redis, [KEYS.record(entity, key)], args));
  }

  private async read(keys: readonly { readonly name: string; readonly key: string }[]): Promise<FoundKey[]> {
    if (keys.length === 0) return [];
    const texts = await withRedisErrors(() => this.redis.mget(keys.map(({ name }) => name)));
    const found = await Promise.all(
      keys.map(async (place, index): Promise<FoundKey | null> => {
        const text = texts[index];
        return text == null ? this.readOther(place) : { ...place, value: { type: 'string', text } };
      }),
    );
    return found.filter((one) => one !== null);
  }

  private async readOther(place: { readonly name: string; readonly key: string }): Promise<FoundKey | null> {
    const type = await withRedisErrors(() => this.redis.type(place.name));
    if (type === 'none' || type === 'string') return null; // it came or went just now
    if (type !== 'hash') return { ...place, value: { type: 'other', name: type } };
    const fields = await withRedisErrors(() => this.redis.hgetall(place.name));
    return { ...place, value: { type: 'hash', fields } };
  }
}

/**
 * How much of a SCAN is done, 0 to 1. The cursor counts with its bits reversed, so that reversed it only grows.
 */
export function scanFraction(cursor: string): number {
  if (cursor === '0') return 1;
  const bits = BigInt(cursor).toString(2).padStart(64, '0');
  return Number(BigInt(`0b${[...bits].reverse().join('')}`)) / 2 ** 64;
}

function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\^]/g, '\\$&');
}
