import type { GroupInfo } from '@redis-mongo-sync/redis-streams';
import type { EventTopic } from '@redis-mongo-sync/event-contract';
import { ApiProperty } from '@nestjs/swagger';

const INTEGER = { type: 'integer' } as const;

class TypeStats {
  @ApiProperty({ example: 'message.sent' })
  readonly type!: string;

  @ApiProperty(INTEGER)
  readonly recorded!: number;

  @ApiProperty()
  readonly ratePerSecond!: number;
}

export class StreamStats {
  @ApiProperty({ example: 'chat:messages' })
  readonly stream!: string;

  @ApiProperty({ ...INTEGER, description: 'Events of this stream in the audit log.' })
  readonly recorded!: number;

  @ApiProperty({ description: 'Recorded, over the last minute.' })
  readonly ratePerSecond!: number;

  @ApiProperty({ ...INTEGER, description: 'Entries in Redis, read ones included until they are trimmed.' })
  readonly length!: number;

  @ApiProperty({
    ...INTEGER,
    nullable: true,
    description: 'Not given to a group yet; the most of any group. Null when Redis cannot tell.',
  })
  readonly lag!: number | null;

  @ApiProperty({ ...INTEGER, description: 'Given to a group, not acknowledged, all groups together.' })
  readonly pending!: number;

  @ApiProperty(INTEGER)
  readonly deadLetters!: number;

  @ApiProperty({ type: [TypeStats] })
  readonly types!: readonly TypeStats[];

  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  readonly groups!: readonly GroupInfo[];
}

/** How the events are doing. */
export class EventStatsReport {
  @ApiProperty({ ...INTEGER, description: 'Events in the audit log.' })
  readonly recorded!: number;

  @ApiProperty({
    ...INTEGER,
    nullable: true,
    description: "Null while the audit log's store does not answer: then every `recorded` is 0.",
  })
  readonly lastSequence!: number | null;

  @ApiProperty({ enum: ['up', 'down'] })
  readonly auditLog!: 'up' | 'down';

  @ApiProperty({ type: [StreamStats] })
  readonly streams!: readonly StreamStats[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: INTEGER },
    description: 'What the processing groups have counted, each event once.',
  })
  readonly figures!: Readonly<Record<EventTopic, Readonly<Record<string, number>>>>;
}
