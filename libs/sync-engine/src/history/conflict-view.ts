import type { ConflictCursor, ConflictPage, KeptConflict, KeptSide } from '@redis-mongo-sync/sync-adapters';
import type {
  ConflictOutcome,
  ConflictReason,
  FieldMerge,
  JsonObject,
  Source,
} from '@redis-mongo-sync/sync-core';
import { explainConflict } from './explain-conflict.js';

/** One of the two versions, as HTTP shows it. */
interface SideView {
  readonly version: number | null;
  readonly source: Source;
  /** ISO time. */
  readonly updatedAt: string | null;
  readonly deleted: boolean;
  /** `null` for a delete, and where it was too large to be kept. */
  readonly content: JsonObject | null;
  readonly omittedBytes?: number;
}

export interface ConflictView {
  /** Of the loser, unique within its record: `<version>-<source>`. */
  readonly id: string;
  readonly entity: string;
  readonly key: string;
  /** ISO time at which it was noticed. */
  readonly at: string;
  readonly reason: ConflictReason;
  readonly how: ConflictOutcome;
  readonly explanation: string;
  readonly winner: SideView;
  readonly loser: SideView;
  /** Where the two were merged: what became of the fields that the loser – the Redis-first write – had changed. */
  readonly fields?: FieldMerge;
}

export interface ConflictPageView {
  readonly conflicts: readonly ConflictView[];
  /** `before` of the next page; `null` on the last one. */
  readonly next: string | null;
}

export function conflictPageView({ conflicts, next }: ConflictPage): ConflictPageView {
  return { conflicts: conflicts.map(conflictView), next: next ? encodeConflictCursor(next) : null };
}

function conflictView(conflict: KeptConflict): ConflictView {
  const { entity, key, at, reason, how, winner, loser, fields } = conflict;
  return {
    id: `${loser.version}-${loser.source}`,
    entity,
    key,
    at: new Date(at).toISOString(),
    reason,
    how,
    explanation: explainConflict(conflict),
    winner: sideView(winner),
    loser: sideView(loser),
    ...(fields ? { fields } : {}),
  };
}

function sideView({ version, source, updatedAt, content, omittedBytes }: KeptSide): SideView {
  return {
    version,
    source,
    updatedAt: updatedAt === null ? null : new Date(updatedAt).toISOString(),
    deleted: content === null && omittedBytes === undefined,
    content,
    ...(omittedBytes === undefined ? {} : { omittedBytes }),
  };
}

function encodeConflictCursor({ at, id }: ConflictCursor): string {
  return Buffer.from(`${at}:${id}`, 'utf8').toString('base64url');
}

/** `null` when it is none that {@link encodeConflictCursor} made. */
export function decodeConflictCursor(text: string): ConflictCursor | null {
  const plain = Buffer.from(text, 'base64url').toString('utf8');
  const [, at, id] = /^(\d{1,15}):(\P{Cc}{1,1100})$/u.exec(plain) ?? [];
  return at !== undefined && id !== undefined ? { at: Number(at), id } : null;
}
