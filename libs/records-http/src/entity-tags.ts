import type { RecordState } from '@redis-mongo-sync/sync-core';

export interface EntityTag {
  readonly weak: boolean;
  /** The version it names; `null` for a tag that is none of ours, and so matches nothing. */
  readonly version: number | null;
}

export type EntityTags = '*' | readonly EntityTag[];

/** The conditional headers of a request (RFC 9110, section 13). */
export interface Conditions {
  readonly ifMatch?: EntityTags;
  readonly ifNoneMatch?: EntityTags;
}

/** The entity tag of a version: strong, because a version names one exact content. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/** The headers that say the same, for a service behind this one. */
export function headersOf({ ifMatch, ifNoneMatch }: Conditions): Record<string, string> {
  return {
    ...(ifMatch === undefined ? {} : { 'if-match': formatEntityTags(ifMatch) }),
    ...(ifNoneMatch === undefined ? {} : { 'if-none-match': formatEntityTags(ifNoneMatch) }),
  };
}

/** How a condition on the present state ends: it holds, or what answers the request instead. */
export type ConditionOutcome = 'holds' | 'not-modified' | 'failed';

/** Evaluates the conditions of a read. */
export function evaluateForRead({ ifMatch, ifNoneMatch }: Conditions, state: RecordState): ConditionOutcome {
  if (ifMatch !== undefined && !matchesStrongly(ifMatch, state)) return 'failed';
  if (ifNoneMatch !== undefined && matchesWeakly(ifNoneMatch, state)) return 'not-modified';
  return 'holds';
}

/** `If-Match`: a weak tag never matches. */
export function matchesStrongly(tags: EntityTags, state: RecordState): boolean {
  if (state.state !== 'live') return false;
  return tags === '*' || tags.some(({ weak, version }) => !weak && version === state.record.version);
}

/** `If-None-Match`: weak tags match like strong ones. */
export function matchesWeakly(tags: EntityTags, state: RecordState): boolean {
  if (state.state !== 'live') return false;
  return tags === '*' || tags.some(({ version }) => version === state.record.version);
}

const MAX_HEADER_LENGTH = 2048;
const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const VERSION = /^[1-9]\d{0,15}$/;

/** The tags of a header, or `null` when it is no list of entity tags. */
export function parseEntityTags(text: string): EntityTags | null {
  const trimmed = text.trim();
  if (trimmed === '*') return '*';
  const tags = trimmed.length > MAX_HEADER_LENGTH ? [] : splitList(trimmed).map(parseEntityTag);
  return tags.length > 0 && tags.every((tag) => tag !== null) ? tags : null;
}

/** A tag that is none of ours stays one. */
function formatEntityTags(tags: EntityTags): string {
  if (tags === '*') return tags;
  return tags.map(({ weak, version }) => `${weak ? 'W/' : ''}"${version ?? 'foreign'}"`).join(', ');
}

/** The commas between tags, not those in them. */
function splitList(text: string): string[] {
  return (text.match(/(?:[^",]|"[^"]*")+/g) ?? []).map((part) => part.trim());
}

function parseEntityTag(text: string): EntityTag | null {
  const match = ENTITY_TAG.exec(text);
  if (!match) return null;
  const [, weak, opaque = ''] = match;
  return { weak: weak !== undefined, version: VERSION.test(opaque) ? Number(opaque) : null };
}
