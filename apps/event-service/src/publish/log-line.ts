import { EVENT_STREAMS } from '@redis-mongo-sync/event-contract';
import { EnumField } from '@redis-mongo-sync/service-kit';
import type { JsonObject } from '@redis-mongo-sync/sync-core';
import type { EventDraft } from './event-draft.js';
import { DataField, EventIdField, NameField, ProseField } from './event-fields.js';

/** The data of `system.info` and `system.error`. */
export class LogData {
  @EnumField(['info', 'error'])
  level!: 'info' | 'error';

  @ProseField({ example: 'payment refused' })
  message!: string;

  @NameField({ optional: true, example: 'billing' })
  service?: string;

  @DataField({ optional: true })
  context?: JsonObject;
}

/** `POST /api/events/logs` */
export class LogLine extends LogData {
  @EventIdField()
  eventId?: string;
}

export function logDraft({ eventId, ...data }: LogLine): EventDraft {
  return { stream: EVENT_STREAMS.logs, type: `system.${data.level}`, data, key: data.service, eventId };
}
