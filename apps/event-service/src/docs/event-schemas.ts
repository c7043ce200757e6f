import type { Schemas } from '@redis-mongo-sync/service-kit';

const EVENT_ID = '019a2c5e-7d1c-7a44-9b0f-3c1f5e8a7b21';
const TIME = '2026-03-01T10:15:30.000Z';

export const RECEIPT_EXAMPLE = {
  eventId: EVENT_ID,
  stream: 'chat:messages',
  entryId: '1772360130000-0',
  type: 'message.sent',
};
export const TASK_EXAMPLE = {
  title: 'Write the report',
  description: 'Two pages',
  priority: 'high',
  assignedTo: 'grace',
  createdBy: 'ada',
};
export const TASK_RECEIPT_EXAMPLE = {
  eventId: EVENT_ID,
  stream: 'task:queue',
  entryId: '1772360130000-0',
  type: 'task.created',
  taskId: EVENT_ID,
  status: 'open',
};
export const RECORDED_EXAMPLE = {
  sequence: 4711,
  eventId: EVENT_ID,
  stream: 'chat:messages',
  type: 'message.sent',
  entity: 'conversation',
  entityId: 'lobby',
  streamEntryId: '1772360130000-0',
  correlationId: '3b241101-e2bb-4255-8caf-4136c566a962',
  data: { senderId: 'ada', roomId: 'lobby', content: 'Good morning' },
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  occurredAt: TIME,
  recordedAt: TIME,
};

const text = (maxLength: number, example: string) =>
  ({ type: 'string', minLength: 1, maxLength, example }) as const;
const data = { type: 'object', additionalProperties: true } as const;
const eventId = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$',
  description: 'Your id of the event: sent again, it is recognised.',
} as const;
const receipt = {
  eventId: { type: 'string' },
  stream: { type: 'string' },
  entryId: { type: 'string', description: 'Id of the entry in the stream.' },
  type: { type: 'string' },
} as const;

const customEvent = {
  stream: text(128, 'orders:placed'),
  type: text(128, 'order.placed'),
  data: { ...data, description: 'At most 32 KiB as JSON.' },
  key: { ...text(128, 'order-1'), description: 'What it is about.' },
  eventId,
} as const;

/** What the event endpoints take and give. */
export const EVENT_SCHEMAS: Schemas = {
  ChatMessage: {
    type: 'object',
    required: ['senderId', 'content'],
    additionalProperties: false,
    description: '`receiverId`, `roomId` or both say who shall have it.',
    properties: {
      senderId: text(128, 'ada'),
      receiverId: text(128, 'grace'),
      roomId: text(128, 'lobby'),
      content: text(10_000, 'Good morning'),
      eventId,
    },
  },
  NewTask: {
    type: 'object',
    required: ['title'],
    additionalProperties: false,
    properties: {
      title: text(200, TASK_EXAMPLE.title),
      description: text(10_000, TASK_EXAMPLE.description),
      priority: { type: 'string', enum: ['low', 'medium', 'high', 'urgent'], default: 'medium' },
      assignedTo: text(128, 'grace'),
      createdBy: text(128, 'ada'),
      eventId: { ...eventId, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' },
    },
    example: TASK_EXAMPLE,
  },
  TaskCompletion: {
    type: 'object',
    additionalProperties: false,
    properties: { completedBy: text(128, 'grace'), result: data },
  },
  LogLine: {
    type: 'object',
    required: ['level', 'message'],
    additionalProperties: false,
    properties: {
      level: { type: 'string', enum: ['info', 'error'] },
      message: text(10_000, 'payment refused'),
      service: text(128, 'billing'),
      context: data,
      eventId,
    },
  },
  CustomEvent: {
    type: 'object',
    required: ['stream', 'type', 'data'],
    additionalProperties: false,
    properties: customEvent,
  },
  EventBatch: {
    type: 'object',
    required: ['events'],
    additionalProperties: false,
    properties: {
      events: {
        type: 'array',
        minItems: 1,
        maxItems: 500,
        items: { $ref: '#/components/schemas/CustomEvent' },
      },
      atomic: { type: 'boolean', default: false, description: 'All events or none.' },
    },
  },
  EventReceipt: {
    type: 'object',
    required: Object.keys(receipt),
    properties: receipt,
    example: RECEIPT_EXAMPLE,
  },
  TaskReceipt: {
    type: 'object',
    required: [...Object.keys(receipt), 'taskId', 'status'],
    properties: {
      ...receipt,
      taskId: { type: 'string' },
      status: { type: 'string', enum: ['open', 'completed'] },
    },
    example: TASK_RECEIPT_EXAMPLE,
  },
  Task: {
    type: 'object',
    required: ['taskId', 'title', 'priority', 'status', 'createdAt'],
    additionalProperties: true,
    properties: {
      taskId: { type: 'string' },
      title: { type: 'string' },
      priority: { type: 'string' },
      status: { type: 'string', enum: ['open', 'completed'] },
      createdAt: { type: 'string', format: 'date-time' },
      completedAt: { type: 'string', format: 'date-time' },
    },
    example: { taskId: EVENT_ID, ...TASK_EXAMPLE, status: 'open', createdAt: TIME },
  },
  BatchReport: {
    type: 'object',
    required: ['accepted', 'rejected', 'results'],
    properties: {
      accepted: { type: 'integer' },
      rejected: { type: 'integer' },
      results: {
        type: 'array',
        items: {
          type: 'object',
          required: ['index', 'status'],
          properties: {
            index: { type: 'integer' },
            status: { type: 'string', enum: ['accepted', 'rejected'] },
            ...receipt,
            code: { type: 'string', description: 'Of a rejected one, as in a problem.' },
            detail: { type: 'string' },
            errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
          },
        },
      },
    },
    example: { accepted: 1, rejected: 0, results: [{ index: 0, status: 'accepted', ...RECEIPT_EXAMPLE }] },
  },
  RecordedEvent: {
    type: 'object',
    required: [
      'sequence',
      'eventId',
      'stream',
      'type',
      'streamEntryId',
      'data',
      'hash',
      'occurredAt',
      'recordedAt',
    ],
    properties: {
      sequence: { type: 'integer', description: 'Place in the audit log, from 1.' },
      eventId: { type: 'string' },
      stream: { type: 'string' },
      type: { type: 'string' },
      entity: { type: 'string' },
      entityId: { type: 'string' },
      streamEntryId: { type: 'string' },
      correlationId: { type: 'string', description: 'Request id of the request that published it.' },
      data,
      hash: { type: 'string', description: 'Covers this event and the hash of the one before.' },
      occurredAt: { type: 'string', format: 'date-time' },
      recordedAt: { type: 'string', format: 'date-time' },
    },
    example: RECORDED_EXAMPLE,
  },
  RecordedEventPage: {
    type: 'object',
    required: ['events', 'nextCursor'],
    properties: {
      events: { type: 'array', items: { $ref: '#/components/schemas/RecordedEvent' } },
      nextCursor: { type: 'string', nullable: true },
    },
    example: { events: [RECORDED_EXAMPLE], nextCursor: null },
  },
  EventStats: {
    type: 'object',
    required: ['recorded', 'lastSequence', 'auditLog', 'streams', 'figures'],
    properties: {
      recorded: { type: 'integer', description: 'Events in the audit log.' },
      lastSequence: { type: 'integer', nullable: true },
      auditLog: { type: 'string', enum: ['up', 'down'] },
      streams: { type: 'array', items: { $ref: '#/components/schemas/EventStreamStats' } },
      figures: {
        type: 'object',
        additionalProperties: { type: 'object', additionalProperties: { type: 'integer' } },
        description: 'What the processing groups have counted, each event once.',
      },
    },
  },
  EventStreamStats: {
    type: 'object',
    required: [
      'stream',
      'recorded',
      'ratePerSecond',
      'length',
      'lag',
      'pending',
      'deadLetters',
      'types',
      'groups',
    ],
    properties: {
      stream: { type: 'string' },
      recorded: { type: 'integer' },
      ratePerSecond: { type: 'number', description: 'Recorded, over the last minute.' },
      length: {
        type: 'integer',
        description: 'Entries in Redis, read ones included until they are trimmed.',
      },
      lag: {
        type: 'integer',
        nullable: true,
        description: 'Not given to a group yet; the most of any group.',
      },
      pending: { type: 'integer', description: 'Given to a group, not acknowledged.' },
      deadLetters: { type: 'integer' },
      types: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            type: { type: 'string' },
            recorded: { type: 'integer' },
            ratePerSecond: { type: 'number' },
          },
        },
      },
      groups: { type: 'array', items: { type: 'object', additionalProperties: true } },
    },
  },
  RoomView: {
    type: 'object',
    required: ['roomId', 'lastMessage', 'entryId'],
    properties: {
      roomId: { type: 'string' },
      lastMessage: { type: 'object', additionalProperties: true },
      entryId: { type: 'string' },
    },
  },
};
