import type { AuditEntry } from '../audit-entry.js';

const START = 1_700_000_000_000;

/** The entry that the n-th event of a stream makes (n from 1); the same every time. */
export function sampleEntry(n: number, changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    eventId: `event-${n}`,
    stream: 'user:events',
    type: n % 2 === 0 ? 'user.updated' : 'user.created',
    entity: 'user',
    entityId: `user-${n % 10}`,
    occurredAt: START + n * 1000,
    streamEntryId: `${START + n * 1000}-0`,
    correlationId: `request-${n}`,
    data: { n, name: `Ada ${n}`, nested: { list: [n, null, true, 0.5] } },
    ...changes,
  };
}

/** `count` entries from number `first` on. */
export function sampleEntries(count: number, first = 1, changes: Partial<AuditEntry> = {}): AuditEntry[] {
  return Array.from({ length: count }, (_, index) => sampleEntry(first + index, changes));
}

export const occurredAtOf = (n: number): number => START + n * 1000;
