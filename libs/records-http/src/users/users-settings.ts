import { Setting } from '@redis-mongo-sync/service-kit';
import {
  CONFLICT_POLICIES,
  USERS,
  type ConflictPolicy,
  type EntityDefinition,
} from '@redis-mongo-sync/sync-core';
import { IsIn } from 'class-validator';

/** What is configurable of the users. Services that write them into MongoDB have these as a group, and must agree. */
export class UsersSettings {
  @IsIn(CONFLICT_POLICIES)
  @Setting({
    env: 'SYNC_CONFLICT_USERS',
    about:
      'What becomes of two writes of one user, one on either side, that were made without knowing of each other: ' +
      'last-write-wins, merge-fields, prefer-mongo or prefer-redis. The same for all services.',
  })
  conflict: ConflictPolicy = 'last-write-wins';
}

/** The users as they are configured. */
export function usersOf({ conflict }: UsersSettings): EntityDefinition {
  return { ...USERS, conflict };
}
