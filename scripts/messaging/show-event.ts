import { decodeEvent, addedAt, type StreamEntry } from '@redis-mongo-sync/redis-streams';

/** One entry as a line for people: when, where, what. */
export function showEvent(entry: StreamEntry): string {
  const time = new Date(addedAt(entry.id)).toISOString().slice(11, 23);
  try {
    const { type, id, key, data } = decodeEvent(entry);
    const about = key === undefined ? '' : ` [${key}]`;
    return `${time}  ${entry.id}  ${type}${about}  ${JSON.stringify(data)}  (event ${id})`;
  } catch (error) {
    return `${time}  ${entry.id}  no event: ${(error as Error).message}  ${JSON.stringify(entry.fields)}`;
  }
}
