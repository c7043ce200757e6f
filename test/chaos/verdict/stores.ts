import { KEYS } from '@redis-mongo-sync/sync-adapters';
import {
  canonicalJson,
  USERS,
  visibleFields,
  type JsonObject,
  type Source,
} from '@redis-mongo-sync/sync-core';
import { sharedText } from '../load/http-client.js';
import type { ChaosWorld } from '../world/chaos-world.js';

/** What one store holds of a record in the end. */
export interface Final {
  readonly version: number;
  readonly source: Source;
  /** null: deleted. */
  readonly fields: JsonObject | null;
}

export type Finals = ReadonlyMap<string, Final>;

export async function readMongo(world: ChaosWorld): Promise<Finals> {
  const finals = new Map<string, Final>();
  for await (const document of world.users.find({})) {
    const { deleted, version, source, email } = document;
    const fields = deleted === true ? null : visibleFields(USERS, plain(document));
    finals.set(String(email), {
      version: Number(version),
      source: source === 'redis' ? 'redis' : 'mongo',
      fields,
    });
  }
  return finals;
}

export async function readRedis({ redis }: ChaosWorld): Promise<Finals> {
  const finals = new Map<string, Final>();
  const prefix = KEYS.record(USERS, '');
  const buried = KEYS.tombstone(USERS, '');
  for await (const names of redis.scanStream({ match: '*user:*', count: 1_000 })) {
    const own = (names as string[]).filter((name) => name.startsWith(prefix) || name.startsWith(buried));
    const texts = own.length === 0 ? [] : await redis.mget(own);
    for (const [index, name] of own.entries()) {
      const text = texts[index];
      if (!text) continue;
      const { version, source, ...rest } = JSON.parse(text) as JsonObject;
      const live = name.startsWith(prefix);
      const fields = live ? visibleFields(USERS, rest) : null;
      finals.set(name.slice((live ? prefix : buried).length), {
        version: Number(version),
        source: source === 'redis' ? 'redis' : 'mongo',
        fields,
      });
    }
  }
  return finals;
}

/** Keys whose record is not the same in both stores. A tombstone that one side has forgotten is none. */
export function differences(mongo: Finals, redis: Finals): string[] {
  return [...new Set([...mongo.keys(), ...redis.keys()])].filter(
    (key) => textOf(mongo.get(key)) !== textOf(redis.get(key)),
  );
}

export function textOf(final: Final | undefined): string {
  if (!final?.fields) return 'absent';
  return `${final.version} ${final.source} ${canonicalJson(final.fields)}`;
}

export function sharedOf({ fields }: Final): string | null {
  return fields === null ? null : sharedText(fields);
}

function plain(document: Record<string, unknown>): JsonObject {
  return JSON.parse(JSON.stringify(document)) as JsonObject;
}
