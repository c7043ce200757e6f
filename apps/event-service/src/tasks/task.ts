import { ApiProperty } from '@nestjs/swagger';
import { EventReceipt } from '../publish/receipts.js';

const STATUS = { enum: ['open', 'completed'] } as const;
type TaskStatus = 'open' | 'completed';

/** A task as clients see it. */
export class Task {
  @ApiProperty({ example: '019a2c5e-7d1c-7a44-9b0f-3c1f5e8a7b21' })
  readonly taskId!: string;

  @ApiProperty({ example: 'Write the report' })
  readonly title!: string;

  @ApiProperty({ required: false })
  readonly description?: string;

  @ApiProperty({ example: 'high' })
  readonly priority!: string;

  @ApiProperty({ required: false })
  readonly assignedTo?: string;

  @ApiProperty({ required: false })
  readonly createdBy?: string;

  @ApiProperty(STATUS)
  readonly status!: TaskStatus;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;

  @ApiProperty({ format: 'date-time', required: false })
  readonly completedAt?: string;
}

/** What a client gets for the creation or the completion of a task. */
export class TaskReceipt extends EventReceipt {
  @ApiProperty({ example: '019a2c5e-7d1c-7a44-9b0f-3c1f5e8a7b21' })
  readonly taskId!: string;

  @ApiProperty(STATUS)
  readonly status!: TaskStatus;
}
