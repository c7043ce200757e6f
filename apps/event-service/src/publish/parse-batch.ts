import { fault, invalidBody } from '@redis-mongo-sync/service-kit';
import { BodyReader } from './body-reader.js';
import { LIMITS } from './event-draft.js';
import type { BatchItem } from './event-publishing.js';
import { readCustom, readEventId } from './parse-events.js';

export interface Batch {
  /** All events or none. */
  readonly atomic: boolean;
  readonly items: readonly BatchItem[];
}

/**
 * `{events: [{stream, type, data, key?, eventId?}…], atomic?}`. What is wrong with one event is said of that event;
 * where all or none shall be taken, of the whole body.
 *
 * @throws ProblemError `InvalidBody`
 */
export function readBatch(body: unknown): Batch {
  const reader = new BodyReader(body);
  const events = reader.raw('events');
  const atomic = reader.raw('atomic') ?? false;
  if (typeof atomic !== 'boolean') reader.refuse('atomic', 'must be true or false');
  const list = Array.isArray(events) ? (events as readonly unknown[]) : [];
  if (list.length < 1 || list.length > LIMITS.batch) {
    reader.refuse('events', `must be a list of 1 to ${LIMITS.batch} events`);
  }
  reader.end();
  reader.throwIfWrong();
  const items = list.map(readItem);
  const wrong = items.flatMap((item) => (item.kind === 'invalid' ? item.errors : []));
  const twice = repeatedIds(items);
  if (twice.length > 0) throw invalidBody(twice);
  if (atomic === true && wrong.length > 0) throw invalidBody(wrong.slice(0, MAX_ERRORS));
  return { atomic: atomic === true, items };
}

const MAX_ERRORS = 50;

function readItem(body: unknown, index: number): BatchItem {
  const reader = new BodyReader(body, `/events/${index}`);
  const eventId = readEventId(reader);
  const draft = readCustom(reader);
  reader.end();
  if (reader.errors.length > 0) return { kind: 'invalid', errors: reader.errors.slice(0, MAX_ERRORS) };
  return { kind: 'event', draft: { ...draft, ...(eventId === undefined ? {} : { eventId }) } };
}

/** One id twice in one batch is a mistake, not a repeat. */
function repeatedIds(items: readonly BatchItem[]) {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    if (item.kind !== 'event' || item.draft.eventId === undefined) return [];
    const id = `${item.draft.stream} ${item.draft.eventId}`;
    if (seen.has(id)) return [fault(`/events/${index}/eventId`, 'is that of another event of this batch')];
    seen.add(id);
    return [];
  });
}
