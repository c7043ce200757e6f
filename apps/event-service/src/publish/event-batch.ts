import {
  fault,
  FlagField,
  invalidBody,
  ListField,
  readDto,
  type FieldError,
} from '@redis-mongo-sync/service-kit';
import { CustomEvent, customDraft } from './custom-event.js';
import type { EventDraft } from './event-draft.js';

/** `POST /api/events/batch` */
export class EventBatch {
  @ListField({ described: () => CustomEvent }, { max: 500, items: 'events' })
  events!: unknown[];

  @FlagField({ description: 'All events or none.' })
  atomic = false;
}

/** One item of a batch: an event, or what is wrong with it. */
export type BatchItem =
  | { readonly kind: 'event'; readonly draft: EventDraft }
  | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] };

/** Reads each event by itself: what is wrong with one is said of that one. @throws ProblemError for an id given twice */
export function readItems({ events }: EventBatch): readonly BatchItem[] {
  const items = events.map(readItem);
  const twice = repeatedIds(items);
  if (twice.length > 0) throw invalidBody(twice);
  return items;
}

/** Reads events of which all shall be taken or none. @throws ProblemError with what is wrong with any */
export function readAll(batch: EventBatch): readonly EventDraft[] {
  const items = readItems(batch);
  const wrong = items.flatMap((item) => (item.kind === 'invalid' ? item.errors : []));
  if (wrong.length > 0) throw invalidBody(wrong.slice(0, MAX_ERRORS));
  return items.flatMap((item) => (item.kind === 'event' ? [item.draft] : []));
}

const MAX_ERRORS = 50;

function readItem(raw: unknown, index: number): BatchItem {
  const path = `/events/${index}`;
  const event = readDto(CustomEvent, raw, { in: 'body', path });
  const reading = 'value' in event ? customDraft(event.value, path) : event;
  if ('errors' in reading) return { kind: 'invalid', errors: reading.errors };
  return { kind: 'event', draft: reading.value };
}

/** One id twice in one batch is a mistake, not a repeat. */
function repeatedIds(items: readonly BatchItem[]): readonly FieldError[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    if (item.kind !== 'event' || item.draft.eventId === undefined) return [];
    const id = `${item.draft.stream} ${item.draft.eventId}`;
    if (seen.has(id)) return [fault(`/events/${index}/eventId`, 'is that of another event of this batch')];
    seen.add(id);
    return [];
  });
}
