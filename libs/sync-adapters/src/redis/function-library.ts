import { readLua } from '@redis-mongo-sync/redis-streams';
import { SYSTEM_FIELDS, type EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { withRedisErrors } from './redis-errors.js';
import { scriptFile } from './scripts.js';

/** The source of the Redis Function library: the atomic write for clients in any language. */
function functionLibrary(entities: readonly EntityDefinition[], tombstoneTtlMs: number): string {
  const definitions = entities.map((entity) => definitionOf(entity, tombstoneTtlMs));
  return readLua(scriptFile('sync-functions')).replace(
    '= --@entities',
    () => `= { ${definitions.join(', ')} }`,
  );
}

/** Loads the library, or the present version of it. False on a Redis before 7.0, which has no functions. */
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
      if (error instanceof Error && /unknown command/i.test(error.message)) return false;
      throw error;
    }
  });
}

function definitionOf(entity: EntityDefinition, tombstoneTtlMs: number): string {
  const refused = [...SYSTEM_FIELDS, ...entity.ownedFields, ...entity.secretFields].map((field) =>
    luaString(field),
  );
  return (
    `[${luaString(entity.name)}] = { key_field = ${luaString(entity.keyField)}, refused = { ${refused.join(', ')} }, ` +
    `tombstone_ttl = '${tombstoneTtlMs}', record_ttl = '${entity.ttlSeconds ?? 0}' }`
  );
}

/** Names in entity definitions are plain identifiers; JSON's quoting is Lua's for those. */
function luaString(text: string): string {
  return JSON.stringify(text);
}
