import { updatedAtOf, type SyncRecord } from '@redis-mongo-sync/sync-core';
import type { FastifyRequest } from 'fastify';
import type { Answer } from '../http/answer.js';
import { JSON_CONTENT_TYPE } from '../http/answer.interceptor.js';
import { entityTag } from '../http/entity-tags.js';
import { HttpProblem } from '../problems/http-problem.js';
import { ProblemError } from '../problems/problem-error.js';
import { SYNC_POSITION_HEADER } from './answer.js';
import { decodeCursor, encodeCursor } from './cursor.js';

/** A user and the `_id` that it keeps for life. */
export interface IdentifiedUser extends SyncRecord {
  readonly id: string;
}

/**
 * A user as clients see it who know it by its id. One that came in on another path, and has no `username`, goes by its
 * `name`.
 */
export function identifiedUserJson({ id, key, fields, version, source }: IdentifiedUser): object {
  const { name = null } = fields;
  const username = fields.username ?? name;
  return { id, username, email: key, name, ...fields, version, updatedAt: updatedAtOf(version), source };
}

/** One user, with its entity tag and its place. */
export function identifiedUserAnswer(status: 200 | 201, user: IdentifiedUser, basePath: string): Answer {
  return {
    status,
    headers: {
      'content-type': JSON_CONTENT_TYPE,
      'cache-control': 'no-cache',
      etag: entityTag(user.version),
      location: `${basePath}/${user.id}`,
      [SYNC_POSITION_HEADER]: String(user.version),
    },
    body: JSON.stringify(identifiedUserJson(user)),
  };
}

export function identifiedPageAnswer(users: readonly IdentifiedUser[], next: string | undefined): Answer {
  const nextCursor = next === undefined ? null : encodeCursor(next);
  return {
    status: 200,
    headers: { 'content-type': JSON_CONTENT_TYPE, 'cache-control': 'no-cache' },
    body: JSON.stringify({ users: users.map(identifiedUserJson), nextCursor }),
  };
}

const USER_ID = /^[0-9a-f]{24}$/;

export function isUserId(text: string): boolean {
  return USER_ID.test(text);
}

/** @throws ProblemError `InvalidQuery` when the cursor is not that of a page of users by id */
export function decodeIdCursor(cursor: string): string {
  const id = decodeCursor(cursor);
  if (isUserId(id)) return id;
  const message = 'must be the nextCursor of a page of this endpoint';
  throw new ProblemError(HttpProblem.InvalidQuery, {
    detail: `cursor ${message}`,
    errors: [{ in: 'query', field: 'cursor', message }],
  });
}

/** The id of the path, in lower case. @throws ProblemError `InvalidId` */
export function userIdOf({ params }: FastifyRequest): string {
  const id = String((params as { readonly id?: unknown }).id).toLowerCase();
  if (isUserId(id)) return id;
  const message = 'must have 24 hexadecimal digits';
  throw new ProblemError(HttpProblem.InvalidId, {
    detail: `id ${message}`,
    errors: [{ in: 'path', field: 'id', message }],
  });
}
