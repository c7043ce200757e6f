import { usersOf, type UsersSettings } from '@redis-mongo-sync/records-http';
import { USERS, type EntityDefinition } from '@redis-mongo-sync/sync-core';

/** What this service syncs. */
export function entitiesOf({ users }: { readonly users: UsersSettings }): readonly EntityDefinition[] {
  return [usersOf(users)];
}

export const ENTITY_NAMES: readonly string[] = [USERS.name];

/** Of the records that a request is about when it does not say. */
export const DEFAULT_ENTITY = USERS.name;

/** @throws RangeError when there is none of that name */
export function entityNamed(entities: readonly EntityDefinition[], name: string): EntityDefinition {
  const entity = entities.find((candidate) => candidate.name === name);
  if (!entity) throw new RangeError(`there is no entity ${name}`);
  return entity;
}
