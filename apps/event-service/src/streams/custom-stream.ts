import { EVENT_STREAMS } from '@redis-mongo-sync/event-contract';
import { assertStreamName, MessagingError } from '@redis-mongo-sync/redis-streams';

/**
 * First parts of key names that belong to the product. A stream under such a name could stand where a record, a cache
 * entry or a ledger of the sync belongs.
 */
const RESERVED_DOMAINS: ReadonlySet<string> = new Set([
  'cache',
  'events',
  'index',
  'lock',
  'mongo_changes',
  'processed_events',
  'redis_changes',
  'session',
  'sync',
  'tombstone',
  'user',
  'wallet',
]);

/** Why a client may not publish on a stream of this name; undefined when it may. */
export function faultOfStream(name: unknown): string | undefined {
  try {
    assertStreamName(name);
  } catch (error) {
    if (error instanceof MessagingError) return 'must be {domain}:{action}, such as orders:placed';
    throw error;
  }
  if (name === EVENT_STREAMS.users)
    return 'tells of writes to /api/users, and is written by the user service only';
  if (name === EVENT_STREAMS.tasks) return 'is written by POST /api/events/tasks: tasks have a state';
  const [domain = ''] = name.split(':', 1);
  if (RESERVED_DOMAINS.has(domain)) return `the names that start with ${domain}: belong to the product`;
  return undefined;
}
