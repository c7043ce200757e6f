import type { AuditEntry } from '../src/index.js';

const START = 1_700_000_000_000;
const STREAMS = ['user:events', 'task:queue', 'chat:messages', 'system:logs'] as const;

/** About 300 bytes of data; 4 streams, 12 types, 10,000 entities; one second between the events. */
export function benchEntries(count: number, first: number, prefix = 'event'): AuditEntry[] {
  return Array.from({ length: count }, (_, index) => benchEntry(first + index, prefix));
}

function benchEntry(n: number, prefix: string): AuditEntry {
  const stream = STREAMS[n % STREAMS.length] ?? 'user:events';
  return {
    eventId: `${prefix}-${n}`,
    stream,
    type: `${stream}.${n % 3}`,
    entity: 'user',
    entityId: `user-${(n * 7919) % 10_000}`,
    occurredAt: START + n * 1000,
    streamEntryId: `${START + n * 1000}-0`,
    correlationId: `request-${n}`,
    data: { n, name: 'Ada Lovelace', text: 'x'.repeat(200), tags: ['a', 'b', 'c'] },
  };
}

export const occurredAtOf = (n: number): number => START + n * 1000;
