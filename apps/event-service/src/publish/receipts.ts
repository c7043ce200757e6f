import { ApiProperty } from '@nestjs/swagger';
import type { FieldError } from '@redis-mongo-sync/service-kit';

/** What a client gets for an event. The same for a repeat. */
export class EventReceipt {
  @ApiProperty({ example: '019a2c5e-7d1c-7a44-9b0f-3c1f5e8a7b21' })
  readonly eventId!: string;

  @ApiProperty({ example: 'chat:messages' })
  readonly stream!: string;

  @ApiProperty({ example: '1772360130000-0', description: 'Id of the entry in the stream.' })
  readonly entryId!: string;

  @ApiProperty({ example: 'message.sent' })
  readonly type!: string;
}

const FIELD_ERRORS = { type: 'array', items: { $ref: '#/components/schemas/FieldError' } } as const;

/** What became of one event of a batch: with its receipt, or with the reason. */
export class BatchResult implements Partial<EventReceipt> {
  @ApiProperty({ type: 'integer' })
  readonly index!: number;

  @ApiProperty({ enum: ['accepted', 'rejected'] })
  readonly status!: 'accepted' | 'rejected';

  @ApiProperty({ required: false })
  readonly eventId?: string;

  @ApiProperty({ required: false })
  readonly stream?: string;

  @ApiProperty({ required: false })
  readonly entryId?: string;

  @ApiProperty({ required: false })
  readonly type?: string;

  @ApiProperty({ required: false, description: 'Of a rejected one, as in a problem.' })
  readonly code?: string;

  @ApiProperty({ required: false })
  readonly detail?: string;

  @ApiProperty({ required: false, ...FIELD_ERRORS })
  readonly errors?: readonly FieldError[];
}

export class BatchReport {
  @ApiProperty({ type: 'integer', example: 1 })
  readonly accepted: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly rejected: number;

  @ApiProperty({ type: [BatchResult] })
  readonly results: readonly BatchResult[];

  constructor(results: readonly BatchResult[]) {
    this.accepted = results.filter(({ status }) => status === 'accepted').length;
    this.rejected = results.length - this.accepted;
    this.results = results;
  }
}
