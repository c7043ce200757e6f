import { HttpProblem, ProblemError, WholeNumber } from '@redis-mongo-sync/service-kit';
import type { ConflictCursor } from '@redis-mongo-sync/sync-adapters';
import { decodeConflictCursor } from '@redis-mongo-sync/sync-engine';
import { isSource, isVersion, type Source } from '@redis-mongo-sync/sync-core';

/** Query of the pages of conflicts. */
export class ConflictPageQuery {
  @WholeNumber(1, 200)
  limit = 50;

  before = '';
}

export class HistoryQuery extends ConflictPageQuery {
  entity = 'users';
}

export class RestoreQuery {
  entity = 'users';
}

/** @throws ProblemError `InvalidQuery` */
export function pageOf({ limit, before }: ConflictPageQuery): { limit: number; before?: ConflictCursor } {
  if (before === '') return { limit };
  const cursor = decodeConflictCursor(before);
  if (!cursor) throw invalidQuery('before', 'must be the next of a page');
  return { limit, before: cursor };
}

/** `<version>-<source>` of a losing version; `null` when it is no such thing. */
export function loserOf(id: string): { readonly version: number; readonly source: Source } | null {
  const [, version = '', source] = /^(\d{1,16})-([a-z]{5})$/.exec(id) ?? [];
  return isVersion(Number(version)) && isSource(source) ? { version: Number(version), source } : null;
}

export function invalidQuery(field: string, message: string): ProblemError {
  const detail = `${field} ${message}`;
  return new ProblemError(HttpProblem.InvalidQuery, { detail, errors: [{ in: 'query', field, message }] });
}
