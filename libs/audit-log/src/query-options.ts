import { createHash } from 'node:crypto';
import type { AuditFilter, AuditQuery } from './audit-log.js';
import type { StoreFilter, StorePage } from './audit-store.js';
import { AuditInputError, type AuditFault } from './errors.js';
import { isText } from './text.js';
import { epochMs, TIME_RULE } from './time.js';

export const MAX_LIMIT = 500;
const DEFAULT_LIMIT = 100;
const LONGEST = { entity: 128, entityId: 256, type: 128, stream: 128 } as const;

/**
 * Only scalars that were checked get into a store's query.
 * @throws AuditInputError
 */
export function readFilter(filter: AuditFilter): StoreFilter {
  const faults: AuditFault[] = [];
  const read: Record<string, string | number> = {};
  for (const [field, longest] of Object.entries(LONGEST)) {
    const value: unknown = filter[field as keyof typeof LONGEST];
    if (value === undefined) continue;
    if (isText(value, longest)) read[field] = value;
    else faults.push({ path: field, message: `must be 1 to ${longest} printable characters` });
  }
  for (const field of ['from', 'to'] as const) {
    if (filter[field] === undefined) continue;
    const time = epochMs(filter[field]);
    if (time === undefined) faults.push({ path: field, message: TIME_RULE });
    else read[field] = time;
  }
  if (faults.length > 0) throw new AuditInputError(faults);
  return read;
}

/** @throws AuditInputError */
export function readQuery(query: AuditQuery): StorePage {
  const { order = 'desc', limit = DEFAULT_LIMIT, cursor } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new AuditInputError([{ path: 'limit', message: `must be 1 to ${MAX_LIMIT}` }]);
  }
  const filter = { ...readFilter(query), order: readOrder(order) };
  if (cursor === undefined) return { ...filter, limit };
  const sequence = readCursor(cursor, filter);
  return { ...filter, limit, [filter.order === 'asc' ? 'after' : 'before']: sequence };
}

/** @throws AuditInputError */
export function readOrder(order: unknown): 'asc' | 'desc' {
  if (order === 'asc' || order === 'desc') return order;
  throw new AuditInputError([{ path: 'order', message: 'must be asc or desc' }]);
}

/** Where the next page starts. It belongs to one query: with other conditions it would mean another place. */
export function makeCursor(sequence: number, query: StoreFilter & { readonly order: string }): string {
  return Buffer.from(`1.${sequence}.${fingerprint(query)}`).toString('base64url');
}

function readCursor(cursor: unknown, query: StoreFilter & { readonly order: string }): number {
  const text = typeof cursor === 'string' ? Buffer.from(cursor.slice(0, 200), 'base64url').toString() : '';
  const sequence = Number(/^1\.(\d{1,16})\./.exec(text)?.[1]);
  if (Number.isSafeInteger(sequence) && makeCursor(sequence, query) === cursor) return sequence;
  throw new AuditInputError([
    { path: 'cursor', message: 'must be the nextCursor of a page of the same query' },
  ]);
}

function fingerprint(query: StoreFilter & { readonly order: string }): string {
  const { order, entity, entityId, type, stream, from, to } = query;
  const text = JSON.stringify([order, entity, entityId, type, stream, from, to].map((part) => part ?? null));
  return createHash('sha256').update(text).digest('base64url').slice(0, 11);
}
