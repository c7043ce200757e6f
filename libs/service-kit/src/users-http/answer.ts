import { updatedAtOf, type RecordPage, type SyncRecord } from '@redis-mongo-sync/sync-core';
import type { Answer } from '../http/answer.js';
import { JSON_CONTENT_TYPE } from '../http/answer.interceptor.js';
import { entityTag } from '../http/entity-tags.js';
import { encodeCursor } from './cursor.js';

/** The version that an answer speaks of: the one written, or the one this store has. Works as `?after=`. */
export const SYNC_POSITION_HEADER = 'sync-position';

/** An answer about records. */
export interface RecordAnswer extends Answer {
  /** What a write has put into the store. Absent when it changed nothing. */
  readonly written?: Written;
}

export interface Written {
  readonly version: number;
  /** The e-mails whose records now have this version or a higher one. */
  readonly emails: readonly string[];
}

/** A user as clients see it. The members that the product keeps come last, and cannot be taken by a profile. */
export function userJson({ key, fields, version, source }: SyncRecord): object {
  const { name = null } = fields;
  return { email: key, name, ...fields, version, updatedAt: updatedAtOf(version), source };
}

/** One user, with its entity tag and its place. */
export function userAnswer(status: 200 | 201, record: SyncRecord, basePath: string): Answer {
  return {
    status,
    headers: {
      'content-type': JSON_CONTENT_TYPE,
      'cache-control': 'no-cache',
      etag: entityTag(record.version),
      location: `${basePath}/${pathSegment(record.key)}`,
      [SYNC_POSITION_HEADER]: String(record.version),
    },
    body: JSON.stringify(userJson(record)),
  };
}

export function pageAnswer({ records, next }: RecordPage): Answer {
  const nextCursor = next === undefined ? null : encodeCursor(next);
  return {
    status: 200,
    headers: { 'content-type': JSON_CONTENT_TYPE, 'cache-control': 'no-cache' },
    body: JSON.stringify({ users: records.map(userJson), nextCursor }),
  };
}

/** An e-mail as a segment of a path. `@` needs no escape there. */
export function pathSegment(email: string): string {
  return encodeURIComponent(email).replaceAll('%40', '@');
}
