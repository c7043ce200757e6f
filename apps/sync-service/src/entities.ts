import { USERS, type EntityDefinition } from '@redis-mongo-sync/sync-core';

/** What this service syncs. */
export const ENTITIES: readonly EntityDefinition[] = [USERS];

export const ENTITY_NAMES: readonly string[] = ENTITIES.map(({ name }) => name);

/** Of the records that a request is about when it does not say. */
export const DEFAULT_ENTITY = USERS.name;

/** @throws RangeError when there is none of that name */
export function entityNamed(name: string): EntityDefinition {
  const entity = ENTITIES.find((candidate) => candidate.name === name);
  if (!entity) throw new RangeError(`there is no entity ${name}`);
  return entity;
}
