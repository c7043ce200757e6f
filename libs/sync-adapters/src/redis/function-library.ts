import { readLua } from '@redis-mongo-sync/redis-streams';
import { SYSTEM_FIELDS, type EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { KEYS, PRODUCT_PREFIXES } from './keys.js';
import { isForbiddenByRedis, withRedisErrors } from './redis-errors.js';
import { scriptFile } from './scripts.js';

/** The source of the Redis Function library: the atomic write for clients in any language. */
function functionLibrary(entities: readonly EntityDefinition[], tombstoneTtlMs: number): string {
  const definitions = entities.map(
    (entity) => `[${luaString(entity.name)}] = ${definitionOf(entity, tombstoneTtlMs)}`,
  );
  return readLua(scriptFile('sync-functions'))
    .replace('= --@entities', () => `= { ${definitions.join(', ')} }`)
    .replace('= --@names', () => `= ${namesOfKeys()}`);
}

/**
 * Loads the library, or the present version of it. False where there can be none: on a Redis before 7.0, and for a user
 * who may not load functions. Only clients in other languages need it.
 */
export async function loadFunctionLibrary(
  redis: Redis,
  entities: readonly EntityDefinition[],
  tombstoneTtlMs: number,
): Promise<boolean> {
  return withRedisErrors(async () => {
    try {
      await redis.function('LOAD', 'REPLACE', functionLibrary(entities, tombstoneTtlMs));
      return true;
    } catch (error) {
      if (isForbiddenByRedis(error)) return false;
      if (error instanceof Error && /unknown command/i.test(error.message)) return false;
      throw error;
    }
  });
}

function definitionOf(entity: EntityDefinition, tombstoneTtlMs: number): string {
  const { keyField, keyTemplate, cacheKeyTemplate, keyType = 'string', keyForm } = entity;
  const [before = '', behind = ''] = keyTemplate.split('{key}');
  const form = keyForm === 'email' ? 'email' : keyType;
  return luaTable({
    key_field: keyField,
    form,
    form_says: FORM_SAYS[form],
    before,
    behind,
    index: KEYS.index(entity),
    cached_by_id: cacheKeyTemplate?.replace('{id}', '{key}') === keyTemplate,
    refused: ['id', ...SYSTEM_FIELDS, ...entity.ownedFields, ...entity.secretFields],
    required: entity.requiredOnCreate,
    tombstone_ttl: String(tombstoneTtlMs),
    record_ttl: String(entity.ttlSeconds ?? 0),
  });
}

const FORM_SAYS = {
  email: 'an e-mail address in lower case, without white space',
  string: 'text without control characters, at most 512 bytes of UTF-8',
  number: 'a number in its shortest decimal form',
  objectId: '24 hexadecimal digits in lower case',
  uuid: 'a UUID in lower case, with hyphens',
} as const;

function namesOfKeys(): string {
  return luaTable({
    stream: KEYS.stream('redis-to-mongo'),
    in_flight: KEYS.inFlight('redis-to-mongo'),
    ledger: KEYS.ledger('redis-to-mongo'),
    operation: KEYS.operation(''),
    taken: PRODUCT_PREFIXES,
  });
}

type LuaValue = string | boolean | readonly string[];

/** Its names are plain identifiers. */
function luaTable(members: Readonly<Record<string, LuaValue>>): string {
  return `{ ${Object.entries(members)
    .map(([name, value]) => `${name} = ${luaLiteral(value)}`)
    .join(', ')} }`;
}

function luaLiteral(value: LuaValue): string {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? luaString(value) : `{ ${value.map(luaString).join(', ')} }`;
}

/** Names in entity definitions are plain identifiers; JSON's quoting is Lua's for those. */
function luaString(text: string): string {
  return JSON.stringify(text);
}
