import type { AuditPage, JsonObject, RecordedEntry } from '@redis-mongo-sync/audit-log';
import { ApiProperty } from '@nestjs/swagger';

const FREE = { type: 'object', additionalProperties: true } as const;

/** A recorded event as clients see it. */
class RecordedEvent implements Omit<RecordedEntry, 'occurredAt' | 'recordedAt'> {
  @ApiProperty({ type: 'integer', example: 4711, description: 'Place in the audit log, from 1.' })
  readonly sequence!: number;

  @ApiProperty({ example: '019a2c5e-7d1c-7a44-9b0f-3c1f5e8a7b21' })
  readonly eventId!: string;

  @ApiProperty({ example: 'chat:messages' })
  readonly stream!: string;

  @ApiProperty({ example: 'message.sent' })
  readonly type!: string;

  @ApiProperty({ required: false, example: 'conversation' })
  readonly entity?: string;

  @ApiProperty({ required: false, example: 'lobby' })
  readonly entityId?: string;

  @ApiProperty({ example: '1772360130000-0' })
  readonly streamEntryId!: string;

  @ApiProperty({
    required: false,
    example: '3b241101-e2bb-4255-8caf-4136c566a962',
    description: 'Request id of the request that published it.',
  })
  readonly correlationId?: string;

  @ApiProperty({ ...FREE, example: { senderId: 'ada', roomId: 'lobby', content: 'Good morning' } })
  readonly data!: JsonObject;

  @ApiProperty({
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    description: 'Covers this event and the hash of the one before.',
  })
  readonly hash!: string;

  @ApiProperty({ format: 'date-time' })
  readonly occurredAt!: string;

  @ApiProperty({ format: 'date-time' })
  readonly recordedAt!: string;
}

export class RecordedEventPage {
  @ApiProperty({ type: [RecordedEvent] })
  readonly events!: readonly RecordedEvent[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor!: string | null;
}

export function recordedEvent({ sequence, occurredAt, recordedAt, ...entry }: RecordedEntry): RecordedEvent {
  return {
    sequence,
    ...entry,
    occurredAt: new Date(occurredAt).toISOString(),
    recordedAt: new Date(recordedAt).toISOString(),
  };
}

export function recordedPage({ entries, nextCursor }: AuditPage): RecordedEventPage {
  return { events: entries.map(recordedEvent), nextCursor: nextCursor ?? null };
}
