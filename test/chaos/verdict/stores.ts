import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { canonicalJson, USERS, visibleFields, type JsonObject } from '@redis-mongo-sync/sync-core';
import { BSON, type Document } from 'mongodb';
import { plainFields, plainOfBson, plainOfJson, UNPROMOTED } from '../../support/plain-values.js';
import { sharedText } from '../load/http-client.js';
import type { ChaosWorld } from '../world/chaos-world.js';

/** What one store holds of a record in the end. Values are in the form of `plain-values.ts`. */
export interface Final {
  readonly version: number;
  readonly source: string;
  /** null: deleted. */
  readonly fields: JsonObject | null;
}

export type Finals = ReadonlyMap<string, Final>;

/** Everything in Mongo, read without the product's conversions. */
export interface MongoFinals {
  readonly records: Finals;
  /** Documents with a usable key, as they came from the server. */
  readonly documents: ReadonlyMap<string, Document>;
  /** Canonical Extended JSON of the ids of those that have none. */
  readonly unusable: ReadonlySet<string>;
}

/** Every key of the run's has this form; any other e-mail is unusable. */
const USABLE = /^[a-z0-9-]+@chaos\.example$/;

export async function readMongo(world: ChaosWorld): Promise<MongoFinals> {
  const records = new Map<string, Final>();
  const documents = new Map<string, Document>();
  const unusable = new Set<string>();
  for await (const tombstone of world.tombstones.find({}, UNPROMOTED)) {
    const { key } = tombstone._id as unknown as { readonly key: string };
    records.set(key, finalOf(tombstone, null));
  }
  for await (const document of world.users.find({}, UNPROMOTED)) {
    const { email, _sync } = document as { email?: unknown; _sync?: Document };
    if (typeof email === 'string' && USABLE.test(email)) {
      const fields = visibleFields(USERS, plainFields(document, plainOfBson));
      records.set(email, finalOf(_sync, fields));
      documents.set(email, document);
    } else unusable.add(idText(document._id));
  }
  return { records, documents, unusable };
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
      const { _sync, ...rest } = JSON.parse(text) as JsonObject;
      const live = name.startsWith(prefix);
      const fields = live ? visibleFields(USERS, plainFields(rest, plainOfJson)) : null;
      finals.set(
        name.slice((live ? prefix : buried).length),
        finalOf(_sync as JsonObject | undefined, fields),
      );
    }
  }
  return finals;
}

/** Ids in one form, whoever wrote them. */
export function idText(id: unknown): string {
  return BSON.EJSON.stringify(id, { relaxed: false });
}

function finalOf(stamp: Document | undefined, fields: JsonObject | null): Final {
  return { version: Number(stamp?.version), source: String(stamp?.source), fields };
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
