import type { JsonObject } from '@redis-mongo-sync/sync-core';
import type { BodyReader } from '../publish/body-reader.js';
import { LIMITS } from '../publish/event-draft.js';

export const PRIORITIES = ['low', 'medium', 'high', 'urgent'] as const;

/** What a client says of a new task. */
export interface TaskDraft {
  readonly title: string;
  readonly description?: string;
  readonly priority: (typeof PRIORITIES)[number];
  readonly assignedTo?: string;
  readonly createdBy?: string;
}

export interface Completion {
  readonly completedBy?: string;
  readonly result?: JsonObject;
}

const PERSON = { max: LIMITS.id };

/** `{title, description?, priority?, assignedTo?, createdBy?}` */
export function readTask(reader: BodyReader): TaskDraft {
  const title = reader.text('title', { max: LIMITS.title });
  const description = reader.optionalText('description', { max: LIMITS.prose, prose: true });
  const priority = reader.choice('priority', PRIORITIES, 'medium');
  const assignedTo = reader.optionalText('assignedTo', PERSON);
  const createdBy = reader.optionalText('createdBy', PERSON);
  return {
    title,
    priority,
    ...(description === undefined ? {} : { description }),
    ...(assignedTo === undefined ? {} : { assignedTo }),
    ...(createdBy === undefined ? {} : { createdBy }),
  };
}

/** `{completedBy?, result?}` */
export function readCompletion(reader: BodyReader): Completion {
  const completedBy = reader.optionalText('completedBy', PERSON);
  const result = reader.optionalObject('result', LIMITS.dataBytes);
  return {
    ...(completedBy === undefined ? {} : { completedBy }),
    ...(result === undefined ? {} : { result }),
  };
}
