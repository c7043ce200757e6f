import type { Answer } from '@redis-mongo-sync/service-kit';
import { USERS, type JsonObject, type SyncRecord } from '@redis-mongo-sync/sync-core';
import { CursorField } from '../cursor.js';
import { listAnswer, locatedAnswer, recordJson } from '../record-answer.js';
import { PageQuery } from '../record-queries.js';
import { USER_ID } from './user-params.js';

/** A user and the `_id` that it keeps for life. */
export interface IdentifiedUser extends SyncRecord {
  readonly id: string;
}

/** `GET …/users` of users by id */
export class ListUsersByIdQuery extends PageQuery {
  @CursorField(USER_ID)
  cursor?: string;
}

/**
 * A user as clients see it who know it by its id. One that came in on another path, and has no `username`, goes by its
 * `name`.
 */
function identifiedUserJson({ id, ...record }: IdentifiedUser): object {
  const { username, name = null } = record.fields;
  return { id, username: username ?? name, ...withoutId(recordJson(USERS, record)) };
}

/** In these answers `id` is what the path has; no client can write a field of that name. */
function withoutId({ id: _id, ...json }: JsonObject): JsonObject {
  return json;
}

/** One user, with its entity tag and its place. */
export function identifiedUserAnswer(status: 200 | 201, user: IdentifiedUser, basePath: string): Answer {
  const at = { location: `${basePath}/${user.id}`, version: user.version };
  return locatedAnswer(status, identifiedUserJson(user), at);
}

export function identifiedPageAnswer(users: readonly IdentifiedUser[], next: string | undefined): Answer {
  return listAnswer(USERS.name, users.map(identifiedUserJson), next);
}
